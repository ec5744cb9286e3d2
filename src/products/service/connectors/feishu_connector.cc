#include "products/service/connectors/feishu_connector.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/base64.h"
#include "base/cipher.h"
#include "base/hash.h"
#include "products/service/connectors/access_token.h"

namespace yupu::products {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr std::size_t kTextBytesMax = 100 << 10;  // 150 KB is the whole body's limit
constexpr std::size_t kUuidBytesMax = 50;
constexpr std::array<std::int64_t, 4> kTokenRefused = {99991661, 99991663, 99991664, 99991668};
// A token that is refused or over, called too often (the app, the chat), an error of theirs.
constexpr std::array<std::int64_t, 7> kAgain = {99991661, 99991663, 99991664, 99991668, 99991400, 230020, 230049};
constexpr VendorCodes kCodes = {.code = "code", .message = "msg", .again = kAgain};

Callback acknowledged() { return {.answer = http::json_response(200, "{}")}; }

bool is_verification(const Json& event) { return text_at(event, "/type") == "url_verification"; }

// "@_user_1" stands for somebody who is named; the robot, most of the time.
std::string without_mentions(const Json& message, std::string text) {
  const Json mentions = message.value("mentions", Json::array());
  if (!mentions.is_array()) return text;
  for (const Json& mention : mentions) {
    const std::string key = text_at(mention, "/key");
    if (key.empty()) continue;
    for (std::size_t at = text.find(key); at != std::string::npos; at = text.find(key, at)) text.erase(at, key.size());
  }
  text.erase(0, text.find_first_not_of(" \t\r\n"));
  text.erase(text.find_last_not_of(" \t\r\n") + 1);
  return text;
}

class FeishuConnector final : public Connector {
 public:
  FeishuConnector(FeishuOptions options, http::Exchanger exchange)
      : options_(std::move(options)), exchange_(std::move(exchange)), token_([this] { return ask_token(); }) {}

  const std::string& name() const override { return options_.name; }
  std::string_view kind() const override { return "feishu"; }
  std::size_t text_bytes_max() const override { return kTextBytesMax; }

  Result<Callback> read(const http::Request& request, std::int64_t now_ns) const override {
    if (request.method != "POST") return invalid_argument("events come by POST", "method");
    const bool is_signed = request.headers.find("x-lark-signature") != nullptr;
    if (is_signed) YUPU_RETURN_IF_ERROR(check(request, now_ns));
    YUPU_ASSIGN_OR_RETURN(const Json outer, parse_json(request.body));
    YUPU_ASSIGN_OR_RETURN(const std::string event, feishu_decrypt(options_.encrypt_key, text_at(outer, "/encrypt")));
    if (!is_signed) {
      YUPU_ASSIGN_OR_RETURN(const Json json, parse_json(event));
      if (!is_verification(json)) return Status(Code::kUnauthenticated, "the event is not signed", "X-Lark-Signature");
    }
    return read_feishu_event(event, options_.token);
  }

  http::Attempt send(const Outgoing& message, std::int64_t now_ns) override {
    const auto token = token_.get(now_ns);
    if (!token.ok()) return {.again = token.status().code() == Code::kUnavailable, .error = token.status().message()};
    // Their uuid: one message, however often it is asked for within an hour.
    const Json body{{"msg_type", "text"},
                    {"content", to_text({{"text", message.text}})},
                    {"uuid", message.id.substr(0, kUuidBytesMax)}};
    std::int64_t code = 0;
    http::Attempt attempt = judge_vendor(
        exchange_("POST",
                  fmt::format("{}/open-apis/im/v1/messages/{}/reply", options_.api,
                              query_value(text_at(message.reply_to, "/message"))),
                  {{"content-type", "application/json; charset=utf-8"}, {"authorization", "Bearer " + *token}},
                  to_text(body)),
        kCodes, code);
    if (std::find(kTokenRefused.begin(), kTokenRefused.end(), code) != kTokenRefused.end()) token_.refuse();
    return attempt;
  }

 private:
  Status check(const http::Request& request, std::int64_t now_ns) const {
    const std::string_view timestamp = request.headers.get("x-lark-request-timestamp");
    const std::string wanted =
        feishu_signature(timestamp, request.headers.get("x-lark-request-nonce"), options_.encrypt_key, request.body);
    if (!equal_constant_time(request.headers.get("x-lark-signature"), wanted))
      return {Code::kUnauthenticated, "the signature is not of this timestamp, nonce and body", "X-Lark-Signature"};
    return http::check_recent(timestamp, kNsPerSecond, now_ns, options_.window_ns, "X-Lark-Request-Timestamp");
  }

  Result<AccessToken::Given> ask_token() const {
    std::int64_t code = 0;
    const auto answer = exchange_("POST", options_.api + "/open-apis/auth/v3/tenant_access_token/internal",
                                  {{"content-type", "application/json; charset=utf-8"}},
                                  to_text({{"app_id", options_.app_id}, {"app_secret", options_.secret}}));
    const http::Attempt attempt = judge_vendor(answer, kCodes, code);
    if (!attempt.done)
      return Status(attempt.again ? Code::kUnavailable : Code::kPermissionDenied,
                    "tenant_access_token: " + attempt.error);
    YUPU_ASSIGN_OR_RETURN(const Json body, parse_json(answer->body));
    AccessToken::Given given;
    YUPU_ASSIGN_OR_RETURN(given.token, json_string(body, "tenant_access_token", "tenant_access_token"));
    YUPU_ASSIGN_OR_RETURN(given.life_s, json_int(body, "expire", "tenant_access_token"));
    return given;
  }

  const FeishuOptions options_;
  const http::Exchanger exchange_;
  AccessToken token_;
};

}  // namespace

std::string feishu_signature(std::string_view timestamp, std::string_view nonce, std::string_view encrypt_key,
                             std::string_view body) {
  return Sha256().update(timestamp).update(nonce).update(encrypt_key).update(body).finish_hex();
}

Result<std::string> feishu_decrypt(const std::string& encrypt_key, const std::string& secret) {
  const Status broken(Code::kUnauthenticated, "it was not encrypted with this key", "encrypt");
  const auto bytes = bytes_of_base64(secret);
  if (!bytes.ok() || bytes->size() < 2 * kAesBlockBytes) return broken;
  const Digest key = Sha256().update(encrypt_key).finish();
  const std::string_view all(*bytes);
  auto plain = decrypt_aes256_cbc({reinterpret_cast<const char*>(key.data()), key.size()},
                                  all.substr(0, kAesBlockBytes), all.substr(kAesBlockBytes));
  if (!plain.ok()) return broken;
  return plain;
}

Result<Callback> read_feishu_event(std::string_view bytes, const std::string& token) {
  YUPU_ASSIGN_OR_RETURN(const Json event, parse_json(bytes));
  const bool verifies = is_verification(event);
  if (!equal_constant_time(text_at(event, verifies ? "/token" : "/header/token"), token))
    return Status(Code::kPermissionDenied, "the verification token is another app's", "token");
  if (verifies)
    return Callback{.answer = http::json_response(200, to_text({{"challenge", text_at(event, "/challenge")}}))};
  if (text_at(event, "/header/event_type") != "im.message.receive_v1") return acknowledged();
  if (text_at(event, "/event/message/message_type") != "text") return acknowledged();
  if (text_at(event, "/event/sender/sender_type") != "user") return acknowledged();
  // The content is JSON once more, as text.
  YUPU_ASSIGN_OR_RETURN(const Json content, parse_json(text_at(event, "/event/message/content")));
  Incoming incoming;
  incoming.event_id = text_at(event, "/header/event_id");
  const std::string sender = text_at(event, "/event/sender/sender_id/open_id");
  if (!sender.empty()) incoming.peer = text_at(event, "/event/message/chat_id") + "/" + sender;
  incoming.text = without_mentions(event.at("event").at("message"), text_at(content, "/text"));
  const std::string message_id = text_at(event, "/event/message/message_id");
  if (message_id.empty()) return invalid_argument("the message has no id", "message_id");
  incoming.reply_to = {{"message", message_id}};
  YUPU_RETURN_IF_ERROR(check_incoming(incoming));
  Callback callback = acknowledged();
  if (!incoming.text.empty()) callback.message = std::move(incoming);
  return callback;
}

std::unique_ptr<Connector> make_feishu_connector(FeishuOptions options, http::Exchanger exchange) {
  return std::make_unique<FeishuConnector>(std::move(options), std::move(exchange));
}

}  // namespace yupu::products
