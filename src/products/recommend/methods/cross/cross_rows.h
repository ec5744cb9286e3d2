// Behaviour as pairs of texts, for a cross-encoder to learn from (training/pairs/).
//   query     what the user had touched by then (query.h)
//   label 1   the item they then wanted
//   label 0   what was shown beside it and passed over, drawn; where that is not enough, items as often as they were
//             touched before the span's end, drawn, which the user had not touched by then
// Rows of one example are a group.  An example without a text on either side is left out.
// Nothing at or after `to_ns` is read.  The same seed gives the same rows.    Threads  pure function.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "products/recommend/collection.h"
#include "tasks/pairs/pair_set.h"
#include "tasks/recommend/examples.h"

namespace yupu::recommend {

struct CrossRowRule {
  tasks::ExampleRule examples = {};
  std::size_t negatives = 4;        // of each example
  std::size_t examples_max = 4000;  // of more, so many are drawn
  std::uint64_t seed = 1;
};

// Of what users wanted in [from, to).  `shown` as tasks::examples_of reads it.
std::vector<tasks::PairRow> cross_rows(const Collection& collection, std::int64_t from_ns, std::int64_t to_ns,
                                       const CrossRowRule& rule, std::span<const tasks::ShownList> shown = {});

}  // namespace yupu::recommend
