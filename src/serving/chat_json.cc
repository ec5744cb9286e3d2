#include "serving/chat_json.h"

#include <utility>

namespace yupu::serving {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;

std::string content_of(const OrderedJson& answer) {
  auto content = answer.at("text").get<std::string>();
  for (const OrderedJson& option : answer.at("options")) content += "\n- " + option.at("title").get<std::string>();
  return content;
}

OrderedJson choice(OrderedJson delta, const OrderedJson& finish_reason) {
  return OrderedJson::array(
      {{{"index", 0}, {"delta", std::move(delta)}, {"logprobs", nullptr}, {"finish_reason", finish_reason}}});
}

}  // namespace

OrderedJson chat_completion(OrderedJson answer, std::int64_t tokens, std::int64_t created_ns) {
  OrderedJson message{{"role", "assistant"}, {"content", content_of(answer)}, {"refusal", nullptr}};
  OrderedJson json{{"id", answer.at("trace_id")},
                   {"object", "chat.completion"},
                   {"created", created_ns / kNsPerSecond},
                   {"model", answer.at("bot")},
                   {"system_fingerprint", answer.at("release_id")}};
  json["choices"] = OrderedJson::array(
      {{{"index", 0}, {"message", std::move(message)}, {"logprobs", nullptr}, {"finish_reason", "stop"}}});
  json["usage"] = {{"prompt_tokens", tokens}, {"completion_tokens", 0}, {"total_tokens", tokens}};
  json["yupu"] = std::move(answer);
  return json;
}

std::string chat_events(const std::string& completion, bool with_usage) {
  const OrderedJson whole = OrderedJson::parse(completion);
  std::string events;
  const auto send = [&](OrderedJson choices, const char* more) {
    OrderedJson chunk{{"id", whole.at("id")},
                      {"object", "chat.completion.chunk"},
                      {"created", whole.at("created")},
                      {"model", whole.at("model")},
                      {"system_fingerprint", whole.at("system_fingerprint")},
                      {"choices", std::move(choices)}};
    if (with_usage) chunk["usage"] = nullptr;
    if (more != nullptr) chunk[more] = whole.at(more);
    events += "data: " + chunk.dump() + "\n\n";
  };
  const OrderedJson& message = whole.at("choices").at(0).at("message");
  send(choice({{"role", message.at("role")}, {"content", ""}}, nullptr), nullptr);
  send(choice({{"content", message.at("content")}}, nullptr), nullptr);
  send(choice(OrderedJson::object(), "stop"), "yupu");
  if (with_usage) send(OrderedJson::array(), "usage");
  return events + "data: [DONE]\n\n";
}

}  // namespace yupu::serving
