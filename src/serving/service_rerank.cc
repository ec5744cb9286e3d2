// POST /v1/rerank: a cross-encoder reads the query with each document.
#include <algorithm>
#include <numeric>

#include "serving/paid_call.h"

namespace yupu::serving {

http::Response Service::rerank(const http::Request& request) {
  const Access access = admit(request, "inference", false, false);
  if (!access.caller) return access.refusal;
  Result<RerankBody> parsed = parse_rerank(request.body, options_.limits);
  if (!parsed.ok()) return failed(request, parsed.status());
  const RerankBody& body = *parsed;
  if (!host_.knows(body.model)) return failed(request, no_such_model(body.model));
  const auto decide = [&](const LoadedModel& model, const EngineRows& rows, std::int64_t tokens) {
    std::vector<std::size_t> order(rows.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return rows[a].front() > rows[b].front(); });
    order.resize(std::min(order.size(), static_cast<std::size_t>(body.top_n.value_or(body.documents.size()))));
    OrderedJson results = OrderedJson::array();
    for (const std::size_t index : order) results.push_back({{"index", index}, {"score", rows[index].front()}});
    Decided decided;
    decided.body = {{"model", model.name},
                    {"release_id", model.release_id},
                    {"results", std::move(results)},
                    {"usage", {{"tokens", tokens}}}};
    return decided;
  };
  const Result<http::Response> response = paid_call(request, *access.caller,
                                                    {.route = "/v1/rerank",
                                                     .meter = "pair_tokens",
                                                     .product = body.model,
                                                     .model = body.model,
                                                     .texts = body.documents,
                                                     .query = body.query,
                                                     .gives = ModelCard::Kind::kRelevance,
                                                     .decide = decide});
  return response.ok() ? *response : failed(request, response.status());
}

}  // namespace yupu::serving
