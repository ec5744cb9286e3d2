// POST /v1/embeddings: OpenAI's shape, so that their clients work unchanged.
#include <algorithm>

#include "serving/embedding_json.h"
#include "serving/paid_call.h"

namespace yupu::serving {

http::Response Service::embeddings(const http::Request& request) {
  const Access access = admit(request, "inference", false, false);
  if (!access.caller) return access.refusal;
  Result<EmbeddingsBody> parsed = parse_embeddings(request.body, options_.limits);
  if (!parsed.ok()) return failed(request, parsed.status());
  const EmbeddingsBody& body = *parsed;
  if (!host_.knows(body.model)) return failed(request, no_such_model(body.model));
  const auto decide = [&](const LoadedModel& model, const EngineRows& rows, std::int64_t tokens) {
    Decided decided;
    OrderedJson data = OrderedJson::array();
    for (std::size_t i = 0; i < rows.size(); ++i)
      data.push_back({{"object", "embedding"}, {"index", i}, {"embedding", embedding_json(rows[i], body.base64)}});
    decided.body = {{"object", "list"},
                    {"data", std::move(data)},
                    {"model", model.name},
                    {"usage", {{"prompt_tokens", tokens}, {"total_tokens", tokens}}}};
    return decided;
  };
  const Result<http::Response> response = paid_call(request, *access.caller,
                                                    {.route = "/v1/embeddings",
                                                     .meter = "embedding_tokens",
                                                     .product = body.model,
                                                     .model = body.model,
                                                     .texts = body.inputs,
                                                     .gives = ModelCard::Kind::kVectors,
                                                     .width = body.dimensions,
                                                     .decide = decide});
  return response.ok() ? *response : failed(request, response.status());
}

}  // namespace yupu::serving
