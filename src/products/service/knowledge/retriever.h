// Finds passages of a tenant for a query, in stages:
//   words      BM25 over words and ideograph pairs (store/text_index.h)
//   vectors    cosine of an embedder's vectors                                   with an embedder
//   hybrid     the two orders fused (fusion.h)                                   with an embedder
//   reranked   the first `rerank_count` of hybrid (or words) in an order between that one and a cross-encoder's
//              relevance (blend, fusion.h), the others behind them as they were  with a reranker
// How much words and the cross-encoder count is what the options say, else what was fitted on questions (order_fit.h)
// and is read from the store at each search, else 1.  A cross-encoder of weight 0 is not asked.
// A query without a letter, number or ideograph finds nothing in any stage.
//
// Vectors are kept in the store and in memory.  What is in memory follows knowledge_change, one row that every change
// raises, before each search: what another process added or removed counts at once.  Passages without a vector of this
// embedder get theirs then, and the store keeps them.
// Outcomes  kResourceExhausted: no memory; those of the store.        Threads  one owner.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "engine/execution_context.h"
#include "products/service/knowledge/fusion.h"
#include "products/service/knowledge/library.h"
#include "products/service/knowledge/order_weights.h"
#include "products/service/knowledge/vector_index.h"
#include "store/store.h"
#include "tasks/embed/embedder.h"
#include "tasks/pairs/pair_model.h"

namespace yupu::products {

enum class Stage : std::uint8_t { kWords, kVectors, kHybrid, kReranked };
inline constexpr std::array kStages = {Stage::kWords, Stage::kVectors, Stage::kHybrid, Stage::kReranked};
std::string_view stage_name(Stage stage);  // "words", "vectors", "hybrid", "reranked"

struct RetrieverOptions {
  std::size_t depth = 50;                    // passages that words and vectors each contribute
  std::optional<double> words_weight = {};   // of the words' order in the hybrid one, beside 1 of the vectors'
  std::optional<double> rerank_weight = {};  // of the cross-encoder's order, 0 to 1
  std::string weights_of = {};               // the shelf whose fitted weights hold where this one has none; empty: none
  std::size_t rerank_count = 30;             // passages a cross-encoder reads
  std::size_t embed_batch = 256;             // passages embedded, and stored, at a time
  VectorIndexOptions vectors = {};
};

struct Models {
  const tasks::Embedder* embedder = nullptr;    // null: words alone
  const tasks::PairModel* reranker = nullptr;   // null: no fourth stage
  engine::ExecutionContext* context = nullptr;  // REQUIRES: given with either
};

struct Hit {
  FoundPassage passage;
  double score = 0.0;  // of the stage that ordered it
};

class Retriever {
 public:
  // Lends all.  Outcomes  kInvalidArgument: a reranker that orders nothing (classes without a positive one).
  static Result<std::unique_ptr<Retriever>> open(store::Store& store, std::string tenant_id, Models models,
                                                 RetrieverOptions options = {});

  bool has(Stage stage) const;
  Stage last_stage() const;  // the best there is: reranked, else hybrid, else words
  // At most `count`, best first.  REQUIRES: has(stage).
  Result<std::vector<Hit>> search(std::string_view query, std::size_t count, Stage stage);
  Result<std::vector<Hit>> search(std::string_view query, std::size_t count) {
    return search(query, count, last_stage());
  }
  // The orders of all stages there are, by kStages; nothing for one that is not there.
  using Orders = std::array<std::optional<std::vector<Ranked>>, kStages.size()>;
  Result<Orders> orders(std::string_view query) { return orders(query, Stage::kReranked); }
  // Of the stages up to `last`; what is above it may be missing.
  Result<Orders> orders(std::string_view query, Stage last);
  // The first `rerank_count` of an order as the cross-encoder orders them, with its relevance.  REQUIRES: a reranker.
  Result<std::vector<Ranked>> relevance_order(std::string_view query, std::span<const Ranked> order);
  // The passages of an order, as they are now: those that are gone are left out.
  Result<std::vector<Hit>> find(std::span<const Ranked> order);

  // Brings the vectors up to date; search does.  How many passages were embedded.
  Result<std::int64_t> refresh();

  const std::string& tenant_id() const { return tenant_id_; }
  store::Store& store() { return store_; }
  const Models& models() const { return models_; }
  // Names the embedder's vectors in the store; empty without one.
  const std::string& embedder_id() const { return embedder_id_; }
  // Whose weights these are, and what they are now.
  OrderPlace place() const {
    return {.tenant_id = tenant_id_, .embedder_id = embedder_id_, .reranker_id = reranker_id_};
  }
  Result<OrderWeights> weights();
  // A vector a text, as the embedder gives them.  REQUIRES: an embedder.
  Result<std::vector<std::vector<float>>> embed(std::span<const std::string> texts);

 private:
  Retriever(store::Store& store, OrderPlace place, Models models, RetrieverOptions options);
  struct Change;
  Result<Change> read_change();
  Status load_vectors(const std::vector<std::int64_t>& ids);
  Status embed_passages(const std::vector<std::int64_t>& ids);
  Result<std::vector<Ranked>> by_words(std::string_view query);

  store::Store& store_;
  const std::string tenant_id_;
  const Models models_;
  const RetrieverOptions options_;
  const std::string embedder_id_;  // names its vectors in the store
  const std::string reranker_id_;  // names its weight in the store
  std::optional<VectorIndex> vectors_;
  std::int64_t seen_sequence_ = -1;
};

}  // namespace yupu::products
