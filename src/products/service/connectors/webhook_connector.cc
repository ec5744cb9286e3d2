#include "products/service/connectors/webhook_connector.h"

#include <utility>

#include "serving/body_fields.h"

namespace yupu::products {
namespace {

constexpr std::size_t kTextBytesMax = 64 << 10;

class WebhookConnector final : public Connector {
 public:
  WebhookConnector(WebhookOptions options, http::Exchanger exchange)
      : options_(std::move(options)), exchange_(std::move(exchange)) {}

  const std::string& name() const override { return options_.name; }
  std::string_view kind() const override { return "webhook"; }

  Result<Callback> read(const http::Request& request, std::int64_t now_ns) const override {
    if (request.method != "POST") return invalid_argument("messages come by POST", "method");
    YUPU_RETURN_IF_ERROR(
        http::check_signed(request.headers, options_.secret, request.body, now_ns, options_.window_ns));
    YUPU_ASSIGN_OR_RETURN(const Json body, serving::parse_object(request.body, {"id", "visitor", "text"}));
    Incoming incoming;
    YUPU_ASSIGN_OR_RETURN(incoming.event_id, serving::required_string(body, "id", kEventIdBytesMax));
    YUPU_ASSIGN_OR_RETURN(incoming.peer, serving::required_string(body, "visitor", kPeerBytesMax));
    if (!body.contains("text")) return invalid_argument("text is missing", "text");
    YUPU_ASSIGN_OR_RETURN(incoming.text, serving::text_of(body.at("text"), "text", serving::BodyLimits{}));
    incoming.reply_to = {{"in_reply_to", incoming.event_id}};
    Callback callback{.answer = http::json_response(202, to_text({{"id", incoming.event_id}}))};
    callback.message = std::move(incoming);
    return callback;
  }

  http::Attempt send(const Outgoing& message, std::int64_t now_ns) override {
    Json body{{"id", message.id},
              {"connector", options_.name},
              {"conversation", message.conversation},
              {"visitor", message.peer},
              {"author", message.author},
              {"text", message.text},
              {"in_reply_to", text_at(message.reply_to, "/in_reply_to")}};
    if (!message.agent.empty()) body["agent"] = message.agent;
    const std::string text = to_text(body);
    const http::Headers headers = http::signed_headers(message.id, options_.secret, text, now_ns);
    return http::judge(exchange_("POST", options_.url, headers, text));
  }

  std::size_t text_bytes_max() const override { return kTextBytesMax; }

 private:
  const WebhookOptions options_;
  const http::Exchanger exchange_;
};

}  // namespace

std::unique_ptr<Connector> make_webhook_connector(WebhookOptions options, http::Exchanger exchange) {
  return std::make_unique<WebhookConnector>(std::move(options), std::move(exchange));
}

}  // namespace yupu::products
