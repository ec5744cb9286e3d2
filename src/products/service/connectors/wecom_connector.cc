#include "products/service/connectors/wecom_connector.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/hash.h"
#include "base/ids.h"
#include "products/service/connectors/access_token.h"

namespace yupu::products {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr std::size_t kTextBytesMax = 2048;
// A token that is refused or over, busy, called too often.
constexpr std::array<std::int64_t, 3> kTokenRefused = {40001, 40014, 42001};
constexpr std::array<std::int64_t, 6> kAgain = {40001, 40014, 42001, -1, 45009, 45033};
constexpr VendorCodes kCodes = {.code = "errcode", .message = "errmsg", .again = kAgain};

std::string query_of(const http::Request& request, const char* name) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? std::string() : found->second;
}

class WecomConnector final : public Connector {
 public:
  WecomConnector(WecomOptions options, http::Exchanger exchange)
      : options_(std::move(options)), exchange_(std::move(exchange)), token_([this] { return ask_token(); }) {}

  const std::string& name() const override { return options_.name; }
  std::string_view kind() const override { return "wecom"; }
  bool replies_at_once() const override { return options_.at_once; }
  std::size_t text_bytes_max() const override { return kTextBytesMax; }

  Result<Callback> read(const http::Request& request, std::int64_t now_ns) const override {
    if (request.method == "GET") {
      const std::string echo = query_of(request, "echostr");
      YUPU_RETURN_IF_ERROR(check(request, echo, now_ns));
      YUPU_ASSIGN_OR_RETURN(const std::string said, wecom_decrypt(options_.keys, echo));
      return Callback{.answer = http::text_response(200, "text/plain; charset=utf-8", said)};
    }
    YUPU_ASSIGN_OR_RETURN(const WecomXml outer, WecomXml::read(request.body));
    const std::string secret = outer.text("Encrypt");
    YUPU_RETURN_IF_ERROR(check(request, secret, now_ns));
    YUPU_ASSIGN_OR_RETURN(const std::string inner, wecom_decrypt(options_.keys, secret));
    return read_wecom_message(inner);
  }

  std::optional<http::Response> reply(const Incoming& to, const std::string& text, std::int64_t now_ns) const override {
    const std::string now = std::to_string(now_ns / kNsPerSecond);
    const std::string xml = fmt::format(
        "<xml><ToUserName>{}</ToUserName><FromUserName>{}</FromUserName><CreateTime>{}</CreateTime>"
        "<MsgType><![CDATA[text]]></MsgType><Content>{}</Content></xml>",
        wecom_cdata(text_at(to.reply_to, "/user")), wecom_cdata(options_.keys.receive_id), now, wecom_cdata(text));
    const std::string secret = wecom_encrypt(options_.keys, xml, random_bytes(16));
    const std::string nonce = to_hex(random_bytes(8));
    return http::text_response(
        200, "application/xml; charset=utf-8",
        fmt::format("<xml><Encrypt>{}</Encrypt><MsgSignature>{}</MsgSignature><TimeStamp>{}</TimeStamp>"
                    "<Nonce>{}</Nonce></xml>",
                    wecom_cdata(secret), wecom_cdata(wecom_signature(options_.keys.token, now, nonce, secret)), now,
                    wecom_cdata(nonce)));
  }

  http::Attempt send(const Outgoing& message, std::int64_t now_ns) override {
    const auto token = token_.get(now_ns);
    if (!token.ok()) return {.again = token.status().code() == Code::kUnavailable, .error = token.status().message()};
    // Without their duplicate check: it compares texts, and a bot may say the same twice.
    const Json body{{"touser", text_at(message.reply_to, "/user")},
                    {"msgtype", "text"},
                    {"agentid", options_.agent_id},
                    {"text", {{"content", message.text}}}};
    std::int64_t code = 0;
    http::Attempt attempt =
        judge_vendor(exchange_("POST", options_.api + "/cgi-bin/message/send?access_token=" + query_value(*token),
                               {{"content-type", "application/json"}}, to_text(body)),
                     kCodes, code);
    if (std::find(kTokenRefused.begin(), kTokenRefused.end(), code) != kTokenRefused.end()) token_.refuse();
    return attempt;
  }

 private:
  // `secret`: what is signed.
  Status check(const http::Request& request, const std::string& secret, std::int64_t now_ns) const {
    const std::string timestamp = query_of(request, "timestamp");
    const std::string wanted = wecom_signature(options_.keys.token, timestamp, query_of(request, "nonce"), secret);
    if (secret.empty() || !equal_constant_time(query_of(request, "msg_signature"), wanted))
      return {Code::kUnauthenticated, "msg_signature is not of this timestamp, nonce and message", "msg_signature"};
    return http::check_recent(timestamp, kNsPerSecond, now_ns, options_.window_ns, "timestamp");
  }

  Result<AccessToken::Given> ask_token() const {
    std::int64_t code = 0;
    const auto answer = exchange_("GET",
                                  fmt::format("{}/cgi-bin/gettoken?corpid={}&corpsecret={}", options_.api,
                                              query_value(options_.keys.receive_id), query_value(options_.secret)),
                                  {}, "");
    const http::Attempt attempt = judge_vendor(answer, kCodes, code);
    if (!attempt.done)
      return Status(attempt.again ? Code::kUnavailable : Code::kPermissionDenied, "gettoken: " + attempt.error);
    YUPU_ASSIGN_OR_RETURN(const Json body, parse_json(answer->body));
    AccessToken::Given given;
    YUPU_ASSIGN_OR_RETURN(given.token, json_string(body, "access_token", "gettoken"));
    YUPU_ASSIGN_OR_RETURN(given.life_s, json_int(body, "expires_in", "gettoken"));
    return given;
  }

  const WecomOptions options_;
  const http::Exchanger exchange_;
  AccessToken token_;
};

}  // namespace

Result<Callback> read_wecom_message(std::string_view bytes) {
  YUPU_ASSIGN_OR_RETURN(const WecomXml xml, WecomXml::read(bytes));
  Callback callback{.answer = http::text_response(200, "text/plain; charset=utf-8", "")};
  if (xml.text("MsgType") != "text") return callback;
  Incoming incoming;
  incoming.event_id = xml.text("MsgId");
  incoming.peer = xml.text("FromUserName");
  incoming.text = xml.text("Content");
  incoming.reply_to = {{"user", incoming.peer}};
  YUPU_RETURN_IF_ERROR(check_incoming(incoming));
  if (!incoming.text.empty()) callback.message = std::move(incoming);
  return callback;
}

std::unique_ptr<Connector> make_wecom_connector(WecomOptions options, http::Exchanger exchange) {
  return std::make_unique<WecomConnector>(std::move(options), std::move(exchange));
}

}  // namespace yupu::products
