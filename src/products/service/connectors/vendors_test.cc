// What DingTalk, Feishu and a server of one's own sign, encrypt and say. Vectors: made by openssl and python, or given
// by the vendor; how stands beside each.
#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "products/service/connectors/dingtalk_connector.h"
#include "products/service/connectors/feishu_connector.h"
#include "products/service/connectors/testing/vendor.h"
#include "products/service/connectors/webhook_connector.h"

namespace yupu::products {
namespace {

using vendor_testing::code_of;
using vendor_testing::kNow;
using vendor_testing::kSecond;
using vendor_testing::kWindow;
using vendor_testing::nobody;
using vendor_testing::Vendor;

// --- DingTalk

// printf '1795780000000\ndt-app-secret' | openssl dgst -sha256 -hmac dt-app-secret -binary | base64
const std::string kDingSign = "PX7pvlDQXnzPs++/RTyQo7XdELXhskRosZ/RVgP7L+I=";
const std::string kDingBody =
    R"({"conversationId":"chat1","msgId":"m1","senderNick":"Li","senderStaffId":"u1","senderId":"$:x","msgtype":"text",)"
    R"("sessionWebhookExpiredTime":1795783600000,"conversationType":"2","text":{"content":" 你好 "},)"
    R"("sessionWebhook":"https://oapi.dingtalk.com/robot/sendBySession?session=abc%2F1"})";

std::unique_ptr<Connector> dingtalk(Vendor& vendor) {
  return make_dingtalk_connector(
      {.name = "ding", .api = "http://api.example", .secret = "dt-app-secret", .window_ns = 3600 * kSecond},
      vendor.exchanger());
}

http::Request ding_request(const std::string& body = kDingBody, const std::string& sign = kDingSign) {
  http::Request request;
  request.method = "POST";
  request.headers = {{"timestamp", "1795780000000"}, {"sign", sign}};
  request.body = body;
  return request;
}

TEST(DingTalk, SignsAsOpensslDoes) { EXPECT_EQ(dingtalk_sign("dt-app-secret", "1795780000000"), kDingSign); }

TEST(DingTalk, ReadsAMessage) {
  Vendor vendor;
  const auto callback = dingtalk(vendor)->read(ding_request(), kNow);
  ASSERT_TRUE(callback.ok()) << callback.status().to_string();
  ASSERT_TRUE(callback->message);
  EXPECT_EQ(callback->message->event_id, "m1");
  EXPECT_EQ(callback->message->peer, "chat1/u1");
  EXPECT_EQ(callback->message->text, "你好");
}

TEST(DingTalk, TamperedAndLateAreRefused) {
  Vendor vendor;
  const auto connector = dingtalk(vendor);
  EXPECT_EQ(code_of(*connector, ding_request(kDingBody, "QX7p")), Code::kUnauthenticated);
  http::Request bare = ding_request();
  bare.headers = {};
  EXPECT_EQ(code_of(*connector, bare), Code::kUnauthenticated);
  bare.headers = {{"timestamp", "1795780000001"}, {"sign", kDingSign}};
  EXPECT_EQ(code_of(*connector, bare), Code::kUnauthenticated);
  EXPECT_EQ(code_of(*connector, ding_request(), kNow + 3601 * kSecond), Code::kPermissionDenied);
}

TEST(DingTalk, AnswersGoToTheSessionOnTheConfiguredHostAlone) {
  Vendor vendor;
  const auto connector = dingtalk(vendor);
  const auto callback = connector->read(ding_request(), kNow);
  Outgoing message{
      .id = "co_1", .conversation = "cv", .peer = "chat1/u1", .author = "bot", .agent = "", .text = "hello"};
  message.reply_to = callback->message->reply_to;
  vendor.say(R"({"errcode":0,"errmsg":"ok"})");
  EXPECT_TRUE(connector->send(message, kNow).done);
  EXPECT_EQ(vendor.calls[0].url, "http://api.example/robot/sendBySession?session=abc%2F1");
  EXPECT_EQ(parse_json(vendor.calls[0].body)->at("text").at("content"), "hello");
  vendor.say(R"({"errcode":130101,"errmsg":"send too fast"})");
  EXPECT_TRUE(connector->send(message, kNow).again);
  EXPECT_FALSE(connector->send(message, kNow + 3600 * kSecond).again);  // the session is over
  EXPECT_EQ(vendor.calls.size(), 2u);
  for (const char* address : {"http://169.254.169.254/latest", "https://oapi.dingtalk.com/gettoken", "", "x"}) {
    Json body = *parse_json(kDingBody);
    body["sessionWebhook"] = address;
    EXPECT_EQ(code_of(*connector, ding_request(to_text(body))), Code::kInvalidArgument) << address;
  }
  Json picture = *parse_json(kDingBody);
  picture["msgtype"] = "picture";
  EXPECT_FALSE(connector->read(ding_request(to_text(picture)), kNow)->message);
}

// --- Feishu

FeishuOptions feishu() {
  return {.name = "feishu",
          .api = "http://api.example",
          .app_id = "cli_1",
          .secret = "app secret",
          .token = "v-token",
          .encrypt_key = "test key",
          .window_ns = kWindow};
}

// The vendor's own sample, from its documentation of encryption.
TEST(Feishu, DecryptsTheVendorsSample) {
  EXPECT_EQ(*feishu_decrypt("test key", "P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk="), "hello world");
  EXPECT_EQ(feishu_decrypt("other key", "P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=").status().code(),
            Code::kUnauthenticated);
  for (const char* broken : {"", "x", "P37w+VZImNgPEO1RBhJ6Rg==", "P37w"})
    EXPECT_EQ(feishu_decrypt("test key", broken).status().code(), Code::kUnauthenticated);
}

// key = sha256("test key"); printf '%s' EVENT | openssl enc -aes-256-cbc -K key -iv 30313233343536373839616263646566,
// the iv in front, base64; printf '1795780000nonce-1test key%s' BODY | openssl dgst -sha256
const std::string kFeishuMessage =
    R"({"encrypt":")"
    "MDEyMzQ1Njc4OWFiY2RlZt5KG6/fwRFLC/AfPW8KzppBgpiMU3PFhY6KhT1yvZmpxb/SXHgLZTAT0tET6yoN75FkgRrUH64i"
    "sqnI/NRXpB9mJW1lhYtyzi1HI4PbFWcKpUyoE+7Zj5kSQA1zZCGO2jCUPvdn4GM39dowbtFiRgt/I8on1uYHn3KDM6BTugTS"
    "+fObn+D8cMjFGRlgPLx/Qnd3iV3k4jD7ZhFqS+A2nYC+vh30whyHPRPjK44qp4RHuv/m4TgYHy5/ifzEsXKwF6seLHSm+aN/"
    "5Tc6/H3D0W1+YVEsk37jIVMukFKmKBGI0onXe1I68I6Kz2WsJbjLb9uRSTzRRVUfQVwn/yxrC+dGmbBhazvZfSl4BeuYgcRi"
    "BG1uxCQVNJwuA7TNCNQP3rJbPVAuFFz4y2W87MgPjnagwGl2FwKQJdY8jUkxs8VBfrd6khFoHqHpsdEOZx3HEXvC83Xxit/U"
    "JC4K6a6kaAMRRV//mmw1Msd84GLRHUWnxnHEITpI5W2Fdp/QYkqqiUsjzZRj4cypngrC/KG7m1K7/45nVny/59mbU6DZuSZi"
    R"("})";
const std::string kFeishuSignature = "72caa1204fecc375a8e96a2aaa8de7c244252301773f74db0c4fe16d44038511";
const std::string kFeishuVerification =
    R"({"encrypt":")"
    "MDEyMzQ1Njc4OWFiY2RlZvsbkpN4/wpEqI8bn6XkSxyJUehZja5fb5mdmdcBbAGRhr9KGsUbCHqrrlKfBmfRE0yoOqRWrGRk"
    "Yp0PxET9K6M="
    R"("})";

http::Request feishu_request(const std::string& body = kFeishuMessage,
                             const std::string& signature = kFeishuSignature) {
  http::Request request;
  request.method = "POST";
  request.headers = {{"X-Lark-Request-Timestamp", "1795780000"}, {"X-Lark-Request-Nonce", "nonce-1"}};
  if (!signature.empty()) request.headers.add("X-Lark-Signature", signature);
  request.body = body;
  return request;
}

TEST(Feishu, VerifiesTheAddress) {
  const auto connector = make_feishu_connector(feishu(), nobody());
  const auto callback = connector->read(feishu_request(kFeishuVerification, ""), kNow);
  ASSERT_TRUE(callback.ok()) << callback.status().to_string();
  EXPECT_EQ(callback->answer.body, R"({"challenge":"c-1"})");
  FeishuOptions other = feishu();
  other.token = "another app's";
  EXPECT_EQ(code_of(*make_feishu_connector(other, nobody()), feishu_request(kFeishuVerification, "")),
            Code::kPermissionDenied);
}

TEST(Feishu, ReadsAMessage) {
  const auto callback = make_feishu_connector(feishu(), nobody())->read(feishu_request(), kNow);
  ASSERT_TRUE(callback.ok()) << callback.status().to_string();
  ASSERT_TRUE(callback->message);
  EXPECT_EQ(callback->message->event_id, "ev_1");
  EXPECT_EQ(callback->message->peer, "oc_1/ou_1");
  EXPECT_EQ(callback->message->text, "你好");  // without the robot's name
}

TEST(Feishu, TamperedUnsignedAndLateAreRefused) {
  const auto connector = make_feishu_connector(feishu(), nobody());
  EXPECT_EQ(code_of(*connector, feishu_request()), Code::kOk);
  EXPECT_EQ(code_of(*connector, feishu_request(kFeishuMessage, "")), Code::kUnauthenticated);
  EXPECT_EQ(code_of(*connector, feishu_request(kFeishuMessage, std::string(64, '0'))), Code::kUnauthenticated);
  EXPECT_EQ(code_of(*connector, feishu_request(kFeishuMessage + " ")), Code::kUnauthenticated);
  EXPECT_EQ(code_of(*connector, feishu_request(), kNow + kWindow + kSecond), Code::kPermissionDenied);
  FeishuOptions other = feishu();
  other.token = "another app's";
  EXPECT_EQ(code_of(*make_feishu_connector(other, nobody()), feishu_request()), Code::kPermissionDenied);
}

TEST(Feishu, RepliesToTheMessageWithAToken) {
  Vendor vendor;
  const auto connector = make_feishu_connector(feishu(), vendor.exchanger());
  const Outgoing message{.id = "co_1",
                         .conversation = "cv",
                         .peer = "p",
                         .author = "bot",
                         .agent = "",
                         .text = "a \"b\"",
                         .reply_to = {{"message", "om_1"}}};
  vendor.say(R"({"code":0,"msg":"ok","tenant_access_token":"t-1","expire":7200})");
  vendor.say(R"({"code":0,"msg":"success","data":{}})");
  EXPECT_TRUE(connector->send(message, kNow).done);
  ASSERT_EQ(vendor.calls.size(), 2u);
  EXPECT_EQ(vendor.calls[0].url, "http://api.example/open-apis/auth/v3/tenant_access_token/internal");
  EXPECT_EQ(vendor.calls[1].url, "http://api.example/open-apis/im/v1/messages/om_1/reply");
  EXPECT_EQ(vendor.calls[1].headers.get("authorization"), "Bearer t-1");
  const Json body = *parse_json(vendor.calls[1].body);
  EXPECT_EQ(body.at("uuid"), "co_1");
  EXPECT_EQ(parse_json(body.at("content").get<std::string>())->at("text"), "a \"b\"");
  vendor.say(R"({"code":99991663,"msg":"invalid access token"})", 400);
  EXPECT_TRUE(connector->send(message, kNow).again);
  vendor.say(R"({"code":0,"tenant_access_token":"t-2","expire":7200})");
  vendor.say(R"({"code":230002,"msg":"bot is out of the chat"})", 400);
  const http::Attempt never = connector->send(message, kNow);
  EXPECT_FALSE(never.done || never.again);
  EXPECT_EQ(vendor.calls.back().headers.get("authorization"), "Bearer t-2");
}

// --- A server that signs webhooks

TEST(WebhookConnector, ReadsAndSendsSigned) {
  Vendor vendor;
  const auto connector = make_webhook_connector(
      {.name = "shop", .url = "http://shop.example/hook", .secret = "hush", .window_ns = kWindow}, vendor.exchanger());
  const auto request = [](const std::string& body, std::int64_t time_ns) {
    http::Request made;
    made.method = "POST";
    made.headers = http::signed_headers("x", "hush", body, time_ns);
    made.body = body;
    return made;
  };
  const std::string body = R"({"id":"e1","visitor":"u7","text":"where is it"})";
  const auto callback = connector->read(request(body, kNow), kNow);
  ASSERT_TRUE(callback.ok()) << callback.status().to_string();
  EXPECT_EQ(callback->answer.status, 202);
  EXPECT_EQ(callback->message->event_id, "e1");
  EXPECT_EQ(callback->message->peer, "u7");
  EXPECT_EQ(code_of(*connector, request(body, kNow - kWindow - kSecond)), Code::kPermissionDenied);
  http::Request tampered = request(body, kNow);
  tampered.body = R"({"id":"e2","visitor":"u7","text":"where is it"})";
  EXPECT_EQ(code_of(*connector, tampered), Code::kUnauthenticated);
  const std::pair<std::string, std::string> rows[] = {{"{}", "id"},
                                                      {R"({"id":"","visitor":"u","text":"x"})", "id"},
                                                      {R"({"id":"e","text":"x"})", "visitor"},
                                                      {R"({"id":"e","visitor":"u"})", "text"},
                                                      {R"({"id":"e","visitor":"u","text":"  "})", "text"},
                                                      {R"({"id":"e","visitor":"u","text":"x","bot":"y"})", "bot"}};
  for (const auto& [bad, field] : rows) EXPECT_EQ(connector->read(request(bad, kNow), kNow).status().field(), field);

  vendor.say("{}", 204);
  const Outgoing message{.id = "co_1",
                         .conversation = "cv_1",
                         .peer = "u7",
                         .author = "person",
                         .agent = "Mei",
                         .text = "on its way",
                         .reply_to = callback->message->reply_to};
  EXPECT_TRUE(connector->send(message, kNow).done);
  EXPECT_TRUE(http::check_signed(vendor.calls[0].headers, "hush", vendor.calls[0].body, kNow, kWindow).ok());
  const Json sent = *parse_json(vendor.calls[0].body);
  EXPECT_EQ(sent.at("agent"), "Mei");
  EXPECT_EQ(sent.at("in_reply_to"), "e1");
  EXPECT_EQ(sent.at("visitor"), "u7");
}

}  // namespace
}  // namespace yupu::products
