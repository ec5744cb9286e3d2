// Vectors: made by openssl and python, or given by the vendor; how stands beside each.
#include "products/service/connectors/wecom_connector.h"

#include <string>

#include <gtest/gtest.h>

#include "products/service/connectors/testing/vendor.h"

namespace yupu::products {
namespace {

using vendor_testing::code_of;
using vendor_testing::kNow;
using vendor_testing::kSecond;
using vendor_testing::kWindow;
using vendor_testing::nobody;
using vendor_testing::Vendor;

// The vendor's own sample of a verification, from its documentation of the encryption.
const std::string kSampleEcho =
    "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==";

WecomOptions wecom(const std::string& encoding_aes_key = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C") {
  return {.name = "wecom",
          .api = "http://api.example",
          .agent_id = 218,
          .keys = {.token = "QDG6eK", .aes_key = *wecom_aes_key(encoding_aes_key), .receive_id = "wx5823bf96d3bd56c7"},
          .secret = "s&cret",
          .at_once = false,
          .window_ns = kWindow};
}

http::Request wecom_request(const std::string& method, const std::string& secret, const std::string& timestamp,
                            const std::string& nonce, const std::string& signature) {
  http::Request request;
  request.method = method;
  request.query = {{"msg_signature", signature}, {"timestamp", timestamp}, {"nonce", nonce}};
  if (method == "GET") request.query["echostr"] = secret;
  if (method == "POST") request.body = "<xml><Encrypt><![CDATA[" + secret + "]]></Encrypt></xml>";
  return request;
}

TEST(Wecom, VerifiesTheVendorsSample) {
  const auto connector = make_wecom_connector(wecom(), nobody());
  const http::Request request =
      wecom_request("GET", kSampleEcho, "1409659589", "263014780", "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3");
  const auto callback = connector->read(request, 1'409'659'589 * kSecond);
  ASSERT_TRUE(callback.ok()) << callback.status().to_string();
  EXPECT_EQ(callback->answer.body, "1616140317555161061");
  EXPECT_FALSE(callback->message);
  EXPECT_EQ(code_of(*connector, request), Code::kPermissionDenied);  // years later: a replay
}

// python3: plain = b"aaaabbbbccccdddd" + struct.pack(">I", len(msg)) + msg + b"wx5823bf96d3bd56c7", padded to 32 with
// bytes of the padding's length; key = base64.b64decode("abc...z0123456789ABCDEFG" + "=");
// openssl enc -aes-256-cbc -nopad -K key -iv key[:16] | base64; the signature:
// hashlib.sha1("".join(sorted(["QDG6eK", "1795780000", "1372623149", secret])).encode()).hexdigest()
const std::string kOtherKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG";
const std::string kWecomSecret =
    "jn1L23DB+6ELqJ+6bruv2wGiEO/hRnOoABpiyMUH0HZjGI8SwK90qJQmXNEW0+UmofNJ2oQNY9P/CFqkPi5e1pPWwvq1kD9s"
    "yeXp13eyhyUhc2TJiRRPN+K45ghTajYr14+ZIdkh+yVgFW1vhgOBAt3dgHpQ0YyUcS5yEeBEWQrZdoWi+rX5erZ//oA38IKv"
    "2O0/tdW1H0Ve25Z1iy2vtDxrg9F7VBHFPQoYVsZn3aHNvIJAGCQ2QGAS0owi8ySfTzBp1wRHVlwcgTskdtP9JMzs/mwzVb22"
    "96XaEQkePT/lg7TGL8JTLpLZgqO7hIIOrRw/f5Gg++ZnMqoR5u9WY4pCtZYi4ND7nz0RWdm2D/GgSvT8ulJZMRu2tCkJWiT1"
    "yn8GRWUHOvbjJkCkb2Po7ELUje7ZK8lUglLG1FWIGNer1vYARoe8YDUThr1c4q5fagWFBV5tjRjOz4XE1IO/TA==";
const std::string kWecomSignature = "c34171b69c46725f6fd140bc5fb6e2a5adcee6b8";

http::Request wecom_message() {
  return wecom_request("POST", kWecomSecret, "1795780000", "1372623149", kWecomSignature);
}

TEST(Wecom, ReadsAMessage) {
  const auto connector = make_wecom_connector(wecom(kOtherKey), nobody());
  const auto callback = connector->read(wecom_message(), kNow);
  ASSERT_TRUE(callback.ok()) << callback.status().to_string();
  EXPECT_EQ(callback->answer.body, "");
  ASSERT_TRUE(callback->message);
  EXPECT_EQ(callback->message->event_id, "1234567890123456");
  EXPECT_EQ(callback->message->peer, "mycreate");
  EXPECT_EQ(callback->message->text, "你好 & <hello>");
}

TEST(Wecom, TamperedLateAndForeignAreRefused) {
  const auto connector = make_wecom_connector(wecom(kOtherKey), nobody());
  EXPECT_EQ(code_of(*connector, wecom_message()), Code::kOk);
  EXPECT_EQ(code_of(*connector, wecom_message(), kNow + kWindow + kSecond), Code::kPermissionDenied);
  EXPECT_EQ(code_of(*connector, wecom_message(), kNow - kWindow - kSecond), Code::kPermissionDenied);
  for (const char* name : {"msg_signature", "timestamp", "nonce"}) {
    http::Request request = wecom_message();
    request.query[name] = "1795780001";
    EXPECT_EQ(code_of(*connector, request), Code::kUnauthenticated) << name;
    request.query.erase(name);
    EXPECT_EQ(code_of(*connector, request), Code::kUnauthenticated) << name;
  }
  http::Request request = wecom_message();
  request.body[request.body.find("CDATA[") + 8] = 'A';
  EXPECT_EQ(code_of(*connector, request), Code::kUnauthenticated);
  for (const char* body : {"", "{}", "<xml>", "<xml></xml>", "<a><Encrypt>x</Encrypt></a>"}) {
    request.body = body;
    EXPECT_NE(code_of(*connector, request), Code::kOk) << body;
  }
  // Signed with the token, encrypted with another key, or for another company.
  const auto other_key = make_wecom_connector(wecom(), nobody());
  EXPECT_EQ(code_of(*other_key, wecom_message()), Code::kUnauthenticated);
  WecomOptions options = wecom(kOtherKey);
  options.keys.receive_id = "wx0000000000000000";
  EXPECT_EQ(code_of(*make_wecom_connector(options, nobody()), wecom_message()), Code::kPermissionDenied);
}

TEST(Wecom, RepliesInTheAnswer) {
  const WecomOptions options = wecom(kOtherKey);
  const auto connector = make_wecom_connector(options, nobody());
  const Incoming to{.event_id = "1", .peer = "mycreate", .text = "hi", .reply_to = {{"user", "mycreate"}}};
  const std::string text = "a ]]> b & 你好\n1. <x>";
  const auto reply = connector->reply(to, text, kNow);
  ASSERT_TRUE(reply);
  const auto outer = WecomXml::read(reply->body);
  ASSERT_TRUE(outer.ok()) << reply->body;
  EXPECT_EQ(outer->text("TimeStamp"), "1795780000");
  EXPECT_EQ(outer->text("MsgSignature"),
            wecom_signature("QDG6eK", "1795780000", outer->text("Nonce"), outer->text("Encrypt")));
  const auto inner = wecom_decrypt(options.keys, outer->text("Encrypt"));
  ASSERT_TRUE(inner.ok());
  const auto xml = WecomXml::read(*inner);
  ASSERT_TRUE(xml.ok()) << *inner;
  EXPECT_EQ(xml->text("ToUserName"), "mycreate");
  EXPECT_EQ(xml->text("Content"), text);
}

TEST(Wecom, SendsWithATokenThatIsAskedForOnceAndAgainWhenRefused) {
  Vendor vendor;
  const auto connector = make_wecom_connector(wecom(), vendor.exchanger());
  const Outgoing message{.id = "co_1",
                         .conversation = "cv",
                         .peer = "Li",
                         .author = "bot",
                         .agent = "",
                         .text = "hello",
                         .reply_to = {{"user", "Li"}}};
  vendor.say(R"({"errcode":0,"errmsg":"ok","access_token":"T&1","expires_in":7200})");
  vendor.say(R"({"errcode":0,"errmsg":"ok"})");
  EXPECT_TRUE(connector->send(message, kNow).done);
  ASSERT_EQ(vendor.calls.size(), 2u);
  EXPECT_EQ(vendor.calls[0].method, "GET");
  EXPECT_EQ(vendor.calls[0].url, "http://api.example/cgi-bin/gettoken?corpid=wx5823bf96d3bd56c7&corpsecret=s%26cret");
  EXPECT_EQ(vendor.calls[1].url, "http://api.example/cgi-bin/message/send?access_token=T%261");
  const Json body = *parse_json(vendor.calls[1].body);
  EXPECT_EQ(body.at("touser"), "Li");
  EXPECT_EQ(body.at("agentid"), 218);
  EXPECT_EQ(body.at("text").at("content"), "hello");
  vendor.say(R"({"errcode":42001,"errmsg":"access_token expired"})");
  const http::Attempt refused = connector->send(message, kNow + kSecond);  // with the token it has
  EXPECT_TRUE(refused.again && !refused.done);
  EXPECT_EQ(vendor.calls.size(), 3u);
  vendor.say(R"({"errcode":0,"access_token":"T2","expires_in":7200})");
  vendor.say(R"({"errcode":0})");
  EXPECT_TRUE(connector->send(message, kNow + 2 * kSecond).done);
  EXPECT_EQ(vendor.calls.size(), 5u);
  vendor.say(R"({"errcode":60111,"errmsg":"userid not found"})");
  const http::Attempt never = connector->send(message, kNow + 3 * kSecond);
  EXPECT_FALSE(never.done || never.again);
  EXPECT_NE(never.error.find("60111"), std::string::npos);
  EXPECT_TRUE(connector->send(message, kNow + 4 * kSecond).again);  // no answer
  vendor.say("<html>", 200);
  EXPECT_TRUE(connector->send(message, kNow + 5 * kSecond).again);  // somebody else's answer
  vendor.say(R"({"errcode":40013,"errmsg":"invalid corpid"})");
  EXPECT_FALSE(connector->send(message, kNow + 7200 * kSecond).again);  // no token to be had
}

}  // namespace
}  // namespace yupu::products
