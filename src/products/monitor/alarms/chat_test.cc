#include "products/monitor/alarms/chat.h"

#include <gtest/gtest.h>

#include "products/monitor/alarms/delivery.h"
#include "products/service/connectors/connector.h"

namespace yupu::monitor {
namespace {

constexpr std::int64_t kNow = 1'795'849'496 * kSecondNs;

TEST(Chat, TheAddressOfARobotIsNotShownOnTheWay) {
  EXPECT_TRUE(check_chat_address("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k", false).ok());
  EXPECT_TRUE(check_chat_address("http://127.0.0.1:8080/send?key=k", true).ok());
  EXPECT_TRUE(check_chat_address("http://[::1]:8080/send?key=k", true).ok());
  EXPECT_TRUE(check_chat_address("http://localhost/send?key=k", true).ok());
  EXPECT_EQ(check_chat_address("http://127.0.0.1/send?key=k", false).field(), "url");
  EXPECT_EQ(check_chat_address("http://robot.example/send?key=k", false).field(), "url");
  EXPECT_EQ(check_chat_address("http://10.0.0.1/send?key=k", true).field(), "url") << "it leaves this machine";
  EXPECT_EQ(check_chat_address("http://127.0.0.1.example/send?key=k", true).field(), "url");
  EXPECT_EQ(check_chat_address("robot", true).field(), "url");
}

Json notice(std::size_t documents = 1) {
  Json list = Json::array();
  for (std::size_t i = 0; i < documents; ++i)
    list.push_back({{"title", "[x](http://evil) <@all> *茶*|y"},
                    {"url", "http://a.example/(" + std::to_string(i) + ")?a=1&b=2"},
                    {"publisher", "报"}});
  return {{"id", "ntc_1"},
          {"monitor", "m"},
          {"status", "firing"},
          {"alarms", Json::array({{{"topic", "青山茶"},
                                   {"state", "firing"},
                                   {"negative", 6},
                                   {"total", 7},
                                   {"documents", std::move(list)}}})}};
}

Json body_of(RouteKind kind, const std::string& secret, std::size_t documents = 1) {
  const Route route{.name = "r", .url = "https://robot.example/send?key=k", .secret = secret, .kind = kind};
  return parse_json(chat_post(route, notice(documents), kNow).body).value();
}

TEST(Chat, WecomIsMarkdownWithinItsLimit) {
  const Json body = body_of(RouteKind::kWecom, "");
  EXPECT_EQ(body["msgtype"], "markdown");
  const std::string content = body["markdown"]["content"];
  EXPECT_NE(content.find("[［x］(http://evil) ＜＠all＞ ＊茶＊|y](http://a.example/%280%29?a=1&b=2)"),
            std::string::npos)
      << content;
  EXPECT_EQ(content.find("[x]"), std::string::npos);
  const std::string full = body_of(RouteKind::kWecom, "", 100)["markdown"]["content"];
  EXPECT_LE(full.size(), 4096u);
  EXPECT_TRUE(full.ends_with(")\n…\n") || full.ends_with("报 \n…\n") || full.ends_with("报\n…\n")) << full.substr(3900);
}

TEST(Chat, DingtalkIsSignedInTheAddress) {
  const Route route{
      .name = "r", .url = "https://robot.example/send?access_token=t", .secret = "SEC1", .kind = RouteKind::kDingtalk};
  const ChatPost post = chat_post(route, notice(), kNow);
  // python3: quote(b64encode(hmac.new(b"SEC1", b"1795849496000\nSEC1", "sha256").digest()), safe="")
  EXPECT_EQ(post.url,
            "https://robot.example/"
            "send?access_token=t&timestamp=1795849496000&sign=yB8Gh7E865qLPunOYfGma6prl5W3Ve9On0mui3lxwjY%3D");
  const Json body = parse_json(post.body).value();
  EXPECT_EQ(body["markdown"]["title"], "[m] 负面舆情警报：青山茶");
  EXPECT_EQ(chat_post({.name = "r", .url = "https://robot.example/", .kind = RouteKind::kDingtalk}, notice(), kNow).url,
            "https://robot.example/");
}

TEST(Chat, FeishuIsSignedInTheBody) {
  const Json body = body_of(RouteKind::kFeishu, "SEC1");
  EXPECT_EQ(body["timestamp"], "1795849496");
  // python3: b64encode(hmac.new(b"1795849496\nSEC1", b"", "sha256").digest())
  EXPECT_EQ(body["sign"], "6Xueq07cusjkyBbf9MNy7Dr3dLbrBX2SqLz7QMPIjOo=");
  const Json& post = body["content"]["post"]["zh_cn"];
  EXPECT_EQ(post["title"], "[m] 负面舆情警报：青山茶");
  EXPECT_EQ(post["content"][0][0], (Json{{"tag", "text"}, {"text", "青山茶：警报中"}}));
  EXPECT_TRUE(to_text(post).find(R"("href":"http://a.example/(0)?a=1&b=2")") != std::string::npos) << to_text(post);
  EXPECT_FALSE(body_of(RouteKind::kFeishu, "").contains("sign"));
}

TEST(Chat, SlackEscapesWhatWouldBeALinkOrAMention) {
  const std::string text = body_of(RouteKind::kSlack, "")["text"];
  EXPECT_NE(text.find("<http://a.example/(0)?a=1&amp;b=2|[x](http://evil) &lt;@all&gt; ＊茶＊¦y>"), std::string::npos)
      << text;
}

TEST(Chat, SaysInTheBodyWhetherItWasTaken) {
  const auto answer = [](int status, std::string body) -> Result<http::Response> {
    return http::Response{.status = status, .headers = {}, .body = std::move(body)};
  };
  EXPECT_TRUE(judge_chat(RouteKind::kWecom, answer(200, R"({"errcode":0,"errmsg":"ok"})")).done);
  EXPECT_TRUE(judge_chat(RouteKind::kWecom, answer(200, R"({"errcode":45009,"errmsg":"freq"})")).again);
  const http::Attempt wrong = judge_chat(RouteKind::kDingtalk, answer(200, R"({"errcode":310000,"errmsg":"sign"})"));
  EXPECT_FALSE(wrong.done || wrong.again);
  EXPECT_EQ(wrong.error, "errcode 310000: sign");
  EXPECT_TRUE(judge_chat(RouteKind::kFeishu, answer(200, R"({"code":0,"msg":"success"})")).done);
  EXPECT_TRUE(judge_chat(RouteKind::kFeishu, answer(200, R"({"code":9499,"msg":"busy"})")).again);
  EXPECT_TRUE(judge_chat(RouteKind::kSlack, answer(200, "ok")).done);
  EXPECT_FALSE(judge_chat(RouteKind::kSlack, answer(404, "no_service")).again);
  EXPECT_TRUE(judge_chat(RouteKind::kSlack, unavailable("down")).again);
}

}  // namespace
}  // namespace yupu::monitor
