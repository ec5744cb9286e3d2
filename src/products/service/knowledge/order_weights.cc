#include "products/service/knowledge/order_weights.h"

namespace yupu::products {

using store::Transaction;

OrderedJson OrderWeights::to_json() const {
  return {{"words", words}, {"words_fitted", words_fitted}, {"rerank", rerank}, {"rerank_fitted", rerank_fitted}};
}

Result<OrderWeights> fitted_weights(store::Store& store, const OrderPlace& place, const std::string& else_of) {
  const std::string& other = else_of.empty() ? place.tenant_id : else_of;
  OrderWeights weights;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    weights = OrderWeights();
    YUPU_ASSIGN_OR_RETURN(
        const auto rows,
        transaction.query("SELECT tenant_id, reranker, weight FROM knowledge_weight WHERE (tenant_id = ? OR tenant_id "
                          "= ?) AND embedder = ? AND (reranker = '' OR reranker = ?)",
                          {place.tenant_id, other, place.embedder_id, place.reranker_id}));
    for (const bool own : {false, true}) {  // the shelf's own come last and stay
      for (const store::Row& row : rows) {
        if ((row.text(0) == place.tenant_id) != own) continue;
        const bool of_words = row.text(1).empty();
        (of_words ? weights.words : weights.rerank) = row.real(2);
        (of_words ? weights.words_fitted : weights.rerank_fitted) = true;
      }
    }
    return ok_status();
  }));
  return weights;
}

Status keep_weights(store::Store& store, const Clock& clock, const OrderPlace& place,
                    const std::optional<FoundWeight>& words, const std::optional<FoundWeight>& rerank) {
  return store.write([&](Transaction& transaction) -> Status {
    const auto keep = [&](const std::string& reranker, const FoundWeight& found) -> Status {
      return transaction
          .execute(
              "INSERT INTO knowledge_weight (tenant_id, embedder, reranker, weight, body, fitted_ns) VALUES (?, ?, ?, "
              "?, ?, ?) ON CONFLICT (tenant_id, embedder, reranker) DO UPDATE SET weight = excluded.weight, body = "
              "excluded.body, fitted_ns = excluded.fitted_ns",
              {place.tenant_id, place.embedder_id, reranker, found.weight, found.body.dump(), clock.now_ns()})
          .status();
    };
    if (words) YUPU_RETURN_IF_ERROR(keep("", *words));
    return rerank ? keep(place.reranker_id, *rerank) : ok_status();
  });
}

}  // namespace yupu::products
