// How much one order counts beside another: what was fitted on questions (order_fit.h) and is kept in the store, for
// one shelf of documents, one embedder and one cross-encoder.  It holds from the next search on, in whatever process.
// Threads: as the store.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "base/status.h"
#include "store/store.h"

namespace yupu::products {

// Whose order it is: names of models in the store, empty without one.
struct OrderPlace {
  std::string tenant_id;
  std::string embedder_id;
  std::string reranker_id;
};

struct OrderWeights {
  double words = 1.0;   // of the words' order beside 1 of the vectors'
  double rerank = 1.0;  // of the cross-encoder's order, from 0 (never asked) to 1 (alone)
  bool words_fitted = false, rerank_fitted = false;
  OrderedJson to_json() const;  // {"words", "words_fitted", "rerank", "rerank_fitted"}
};

// What is not fitted is 1.  `else_of`: the shelf whose weights hold where this one has none; empty: none.
Result<OrderWeights> fitted_weights(store::Store& store, const OrderPlace& place, const std::string& else_of = {});

// A weight and how it was found.
struct FoundWeight {
  double weight = 1.0;
  OrderedJson body = {};
};
// Those that are given replace what was fitted before, together.
Status keep_weights(store::Store& store, const Clock& clock, const OrderPlace& place,
                    const std::optional<FoundWeight>& words, const std::optional<FoundWeight>& rerank);

}  // namespace yupu::products
