// How much each order counts, and the cross-encoder's.
#include <algorithm>

#include "base/check.h"
#include "products/service/knowledge/retriever.h"

namespace yupu::products {

Result<OrderWeights> Retriever::weights() {
  OrderWeights weights;
  const bool needs_words = models_.embedder != nullptr && !options_.words_weight;
  const bool needs_rerank = models_.reranker != nullptr && !options_.rerank_weight;
  if (needs_words || needs_rerank) {
    YUPU_ASSIGN_OR_RETURN(weights, fitted_weights(store_, place(), options_.weights_of));
  }
  if (options_.words_weight) {
    weights.words = *options_.words_weight;
    weights.words_fitted = false;
  }
  if (options_.rerank_weight) {
    weights.rerank = *options_.rerank_weight;
    weights.rerank_fitted = false;
  }
  return weights;
}

Result<std::vector<Ranked>> Retriever::relevance_order(std::string_view query, std::span<const Ranked> order) {
  CHECK(models_.reranker != nullptr, "a reranker");
  YUPU_ASSIGN_OR_RETURN(const auto hits, find(order.first(std::min(order.size(), options_.rerank_count))));
  std::vector<text::Encoding> encodings;
  for (const Hit& hit : hits) {
    encodings.push_back(
        models_.reranker->encode(query, searchable_text(hit.passage.title, hit.passage.headings, hit.passage.text)));
  }
  YUPU_ASSIGN_OR_RETURN(const auto logits, models_.reranker->classifier().logits(*models_.context, encodings));
  std::vector<Ranked> out;
  for (std::size_t i = 0; i < hits.size(); ++i)
    out.push_back({hits[i].passage.id, models_.reranker->relevance(logits[i]).value_or(0.0)});
  std::stable_sort(out.begin(), out.end(), [](const Ranked& a, const Ranked& b) { return a.score > b.score; });
  return out;
}

}  // namespace yupu::products
