// How much words count beside vectors, and a cross-encoder beside the order before it: fitted on questions.
//
//   words    of 0 (vectors alone), 0.01, 0.03, ... 100, 1000 (words alone) the weight with the highest MRR@10; of equal
//            ones the nearest to 1
//   rerank   of 0, 0.05, ... 1 the one with the highest MRR@10 over the hybrid (or words') order of that weight; of
//            equal ones the least; 0, which asks no cross-encoder, where the gain is no more than its standard error
//            over the questions (the rule of one standard error: Hastie, Tibshirani, Friedman, "The Elements of
//            Statistical Learning", 7.10)
// So on these questions hybrid is no worse than either of its parts, and reranked no worse than hybrid.  On others it
// may be: questions that the cross-encoder or the embedder learned from flatter it, so take others.
// Threads: as the retriever.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/status.h"
#include "products/service/knowledge/evaluation.h"
#include "products/service/knowledge/order_weights.h"
#include "products/service/knowledge/retriever.h"

namespace yupu::products {

// A weight and MRR@10 of every weight that was tried, the least weight first.
struct WeightFit {
  double weight = 1.0;
  std::vector<std::pair<double, double>> tried;
  double mrr_at(double tried_weight) const;  // REQUIRES: one that was tried
  double mrr() const { return mrr_at(weight); }
  OrderedJson to_json() const;  // {"weight", "mrr@10", "tried": [{"weight", "mrr@10"}, ...]}
};

struct OrderFit {
  std::int64_t question_count = 0;
  std::optional<WeightFit> words;   // with an embedder
  std::optional<WeightFit> rerank;  // with a cross-encoder
  OrderedJson to_json() const;
  std::string to_text() const;
};

// The best of what was tried; `order` names the preferred among equals first.  REQUIRES: not empty.
WeightFit best_weight(std::vector<std::pair<double, double>> order);

// Outcomes  kInvalidArgument: neither an embedder nor a cross-encoder, no questions; those of check_sources and
//           Retriever::search.   REQUIRES: every question has a source.
Result<OrderFit> fit_order(Retriever& retriever, std::span<const Question> questions);

// Whether the mean of after[i] - before[i] is above its standard error.  REQUIRES: as many of one as of the other.
bool gains_more_than_its_error(std::span<const double> before, std::span<const double> after);

// From the next search on.
Status keep_order(const Clock& clock, Retriever& retriever, const OrderFit& fit);

}  // namespace yupu::products
