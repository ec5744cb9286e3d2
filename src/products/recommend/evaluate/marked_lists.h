// Lists that users were shown, with marks of what they clicked: does a method put what was clicked above what was not?
// Of the list alone, as MIND is judged (msnews/MIND, evaluate.py); the whole catalogue is ranked elsewhere (figures.h).
//   AUC      the part of pairs, one clicked and one not, in the right order; a tie counts half
//   MRR      the mean over the clicked items of 1 / rank
//   nDCG@k   with gain 1 for what was clicked
// Equal scores are ranked with what was not clicked first.  A list with nothing clicked, or everything, is left out.
// Figures are means over lists; intervals by bootstrap over users (figures.h).
// Threads  pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/json.h"
#include "products/recommend/collection.h"
#include "products/recommend/evaluate/figures.h"
#include "products/recommend/methods/method.h"
#include "products/recommend/mind.h"

namespace yupu::recommend {

// In the collection's numbers.
struct NumberedList {
  std::uint32_t user = 0;
  std::int64_t time_ns = 0;
  std::vector<std::uint32_t> items;
  std::vector<std::uint8_t> clicked;  // of each
};
// In order of time and user; an item or a user that the collection does not know is left out.
std::vector<NumberedList> numbered(const Collection& collection, std::span<const MarkedList> lists);

struct MarkedFigures {
  double auc = 0.0, mrr = 0.0, ndcg_5 = 0.0, ndcg_10 = 0.0;
};
// REQUIRES: something clicked, something not; as many scores as marks.
MarkedFigures marked_figures(std::span<const float> scores, std::span<const std::uint8_t> clicked);

struct MarkedReport {
  std::size_t users = 0;
  std::int64_t lists = 0;
  Interval auc, mrr, ndcg_5, ndcg_10;
  OrderedJson to_json() const;
};
// Of the lists from `from_ns` on, each at its own time.
MarkedReport judge_lists(const Collection& collection, const Method& method, std::span<const NumberedList> lists,
                         std::int64_t from_ns, std::uint64_t seed, std::size_t resamples);
// The same of scores drawn at random: the floor.
MarkedReport judge_random(std::span<const NumberedList> lists, std::int64_t from_ns, std::uint64_t seed,
                          std::size_t resamples);

}  // namespace yupu::recommend
