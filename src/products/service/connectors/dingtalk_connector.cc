#include "products/service/connectors/dingtalk_connector.h"

#include <array>
#include <utility>

#include "base/base64.h"
#include "base/hash.h"
#include "http/url.h"

namespace yupu::products {
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;
constexpr std::size_t kTextBytesMax = 18'000;  // 20,000 is the whole body's limit
constexpr const char* kSessionPath = "/robot/sendBySession";
constexpr std::array<std::int64_t, 2> kAgain = {-1, 130101};  // busy; more than 20 a minute
constexpr VendorCodes kCodes = {.code = "errcode", .message = "errmsg", .again = kAgain};

std::string trimmed(std::string text) {
  constexpr const char* kBlank = " \t\r\n";
  text.erase(0, text.find_first_not_of(kBlank));
  text.erase(text.find_last_not_of(kBlank) + 1);
  return text;
}

class DingTalkConnector final : public Connector {
 public:
  DingTalkConnector(DingTalkOptions options, http::Exchanger exchange)
      : options_(std::move(options)), exchange_(std::move(exchange)) {}

  const std::string& name() const override { return options_.name; }
  std::string_view kind() const override { return "dingtalk"; }

  Result<Callback> read(const http::Request& request, std::int64_t now_ns) const override {
    if (request.method != "POST") return invalid_argument("messages come by POST", "method");
    const std::string timestamp(request.headers.get("timestamp"));
    if (!equal_constant_time(request.headers.get("sign"), dingtalk_sign(options_.secret, timestamp)))
      return Status(Code::kUnauthenticated, "sign is not of this timestamp", "sign");
    YUPU_RETURN_IF_ERROR(http::check_recent(timestamp, kNsPerMs, now_ns, options_.window_ns, "timestamp"));
    return read_dingtalk_body(request.body);
  }

  http::Attempt send(const Outgoing& message, std::int64_t now_ns) override {
    const std::string target = text_at(message.reply_to, "/target");
    const Json until = message.reply_to.value("until_ms", Json());
    if (until.is_number_integer() && until.get<std::int64_t>() <= now_ns / kNsPerMs)
      return {.error = "the session's webhook is over: the visitor has to say something first"};
    const Json body{{"msgtype", "text"}, {"text", {{"content", message.text}}}};
    std::int64_t code = 0;
    return judge_vendor(exchange_("POST", options_.api + target, {{"content-type", "application/json"}}, to_text(body)),
                        kCodes, code);
  }

  std::size_t text_bytes_max() const override { return kTextBytesMax; }

 private:
  const DingTalkOptions options_;
  const http::Exchanger exchange_;
};

}  // namespace

std::string dingtalk_sign(const std::string& secret, const std::string& timestamp_ms) {
  const Digest digest = hmac_sha256(secret, timestamp_ms + "\n" + secret);
  return base64_of({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

Result<Callback> read_dingtalk_body(std::string_view body) {
  YUPU_ASSIGN_OR_RETURN(const Json json, parse_json(body));
  if (!json.is_object()) return invalid_argument("the body is not an object", "body");
  Callback callback{.answer = http::json_response(200, "{}")};
  if (text_at(json, "/msgtype") != "text") return callback;
  Incoming incoming;
  incoming.event_id = text_at(json, "/msgId");
  const std::string chat = text_at(json, "/conversationId");
  std::string sender = text_at(json, "/senderStaffId");
  if (sender.empty()) sender = text_at(json, "/senderId");  // from outside the company
  if (!sender.empty()) incoming.peer = chat + "/" + sender;
  incoming.text = trimmed(text_at(json, "/text/content"));
  const auto session = http::parse_url(text_at(json, "/sessionWebhook"));
  if (!session.ok() || session->path != kSessionPath)
    return invalid_argument("sessionWebhook is not an address of a session", "sessionWebhook");
  incoming.reply_to = {{"target", session->target()}};
  const auto until = json.find("sessionWebhookExpiredTime");
  if (until != json.end() && until->is_number_integer()) incoming.reply_to["until_ms"] = *until;
  YUPU_RETURN_IF_ERROR(check_incoming(incoming));
  if (!incoming.text.empty()) callback.message = std::move(incoming);
  return callback;
}

std::unique_ptr<Connector> make_dingtalk_connector(DingTalkOptions options, http::Exchanger exchange) {
  return std::make_unique<DingTalkConnector>(std::move(options), std::move(exchange));
}

}  // namespace yupu::products
