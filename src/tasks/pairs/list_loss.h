// The loss of candidates that stand in one list, one of which is right: what a reranker is for is their order, and a
// loss a row spends itself on the many that are far from right.
//   r_i   the log-odds that candidate i is relevant: the logit of a score; of classes the positive label's logit less
//         the log of the others' summed exponentials
//   loss  sum over the lists of  lse(r) - sum_i t_i r_i,   t_i = (1-s) [i is right] + s/n,   d r_i = softmax(r)_i - t_i
// The top-one probability of Cao et al. 2007 (ListNet, ICML); for rerankers over a retriever's negatives Gao, Dai,
// Callan 2021, arXiv:2101.08751.  What all candidates of a list have in common does not count, so a single relevance
// is worth nothing beside those of another query.
// Numbers   f64, in the order of the rows.   Threads  one stream per call.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "engine/autograd/tape.h"
#include "tasks/pairs/pair_model.h"

namespace yupu::tasks {

// A right candidate: of the positive label, or with a score in the upper half of the scale (take_scores).
bool is_relevant(const PairModel& model, const PairRow& row);

// `logits` (rows, outputs): list after list, the right candidate first in each; `sizes`: rows of each list.
// `positive`: the output of classes; nothing for a score.   REQUIRES: sizes sum to the rows; 0 <= smoothing < 1.
engine::Var list_cross_entropy(const engine::Var& logits, std::span<const std::int64_t> sizes,
                               std::optional<std::int32_t> positive, double smoothing = 0.0);

}  // namespace yupu::tasks
