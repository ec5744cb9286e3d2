#include <gtest/gtest.h>

#include "base/base64.h"
#include "base/utf8.h"
#include "products/monitor/alarms/delivery.h"
#include "products/monitor/alarms/mail/mail_message.h"
#include "products/monitor/alarms/mail/smtp.h"
#include "products/monitor/alarms/notice_text.h"
#include "store/testing.h"

namespace yupu::monitor {
namespace {

constexpr std::int64_t kStart = 20'000 * kDayNs;

// What encoded words stand for.
std::string decoded(const std::string& header) {
  std::string out;
  for (std::size_t at = 0; (at = header.find("=?UTF-8?B?", at)) != std::string::npos;) {
    const std::size_t end = header.find("?=", at + 10);
    out += bytes_of_base64(header.substr(at + 10, end - at - 10)).value();
    at = end;
  }
  return out;
}

TEST(MailMessage, SubjectsBeyondAsciiAreWholeWordsOnShortLines) {
  std::string long_subject = "负面舆情警报：";
  for (int i = 0; i < 20; ++i) long_subject += "青山茶业𠮷";
  for (const std::string& subject :
       {std::string("负面"), long_subject, std::string(200, 'x'), std::string("=?odd?=")}) {
    const std::string words = encoded_words(subject, 9);
    EXPECT_EQ(decoded(words), subject);
    std::size_t begin = 0;
    for (std::size_t end = 0; end != std::string::npos; begin = end + 2) {
      end = words.find("\r\n", begin);
      const std::string line = words.substr(begin, end == std::string::npos ? end : end - begin);
      EXPECT_LE(line.size() + (begin == 0 ? 9 : 0), 76u) << line;
      EXPECT_FALSE(is_utf8_continuation(static_cast<unsigned char>(decoded(line).front()))) << line;
      if (end == std::string::npos) break;
    }
  }
  EXPECT_EQ(encoded_words("Surge: tea", 9), "Surge: tea");
}

TEST(MailMessage, IsSevenBitsInShortLinesWithBothParts) {
  const std::string message = mail_message({.id = "ntc_1",
                                            .from = "alerts@bank.example",
                                            .from_name = "舆情",
                                            .to = "li@bank.example",
                                            .subject = "负面",
                                            .text = std::string(1000, 'a') + "茶",
                                            .html = "<p>茶</p>",
                                            .date_ns = 1'795'849'496 * kSecondNs});
  EXPECT_NE(message.find("Date: Sat, 28 Nov 2026 07:04:56 +0000\r\n"), std::string::npos) << message.substr(0, 60);
  EXPECT_NE(message.find("To: <li@bank.example>\r\n"), std::string::npos);
  EXPECT_NE(message.find("Message-ID: <ntc_1@bank.example>\r\n"), std::string::npos);
  EXPECT_NE(message.find("text/plain; charset=utf-8"), std::string::npos);
  EXPECT_NE(
      message.find("text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64_of("<p>茶</p>")),
      std::string::npos);
  std::size_t line = 0;
  for (std::size_t i = 0; i < message.size(); ++i) {
    EXPECT_LT(static_cast<unsigned char>(message[i]), 0x80);
    if (message[i] == '\n') {
      EXPECT_EQ(message[i - 1], '\r');
      line = i + 1;
    }
    EXPECT_LE(i, line + 78);
  }
}

TEST(MailMessage, AddressesThatCouldBeMoreThanOneAreNone) {
  for (const char* good : {"a@b", "li.wei+desk@bank.example"}) EXPECT_TRUE(is_mail_address(good)) << good;
  for (const char* bad : {"", "a", "@b", "a@", "a@b@c", "a b@c", "a@b\r\nRCPT TO:<c@d>", "<a@b>", "a@b,c@d", "茶@b"})
    EXPECT_FALSE(is_mail_address(bad)) << bad;
}

TEST(MailServer, IsReadStrictly) {
  EXPECT_EQ(parse_mail_server("smtp://mail.bank.example")->port, 587);
  EXPECT_EQ(parse_mail_server("smtps://mail.bank.example")->port, 465);
  EXPECT_TRUE(parse_mail_server("smtps://mail.bank.example")->encrypted);
  EXPECT_EQ(parse_mail_server("smtp://127.0.0.1:2525")->host, "127.0.0.1");
  for (const char* bad : {"mail.bank.example", "http://a", "smtp://", "smtp://a:0", "smtp://a:70000", "smtp://a:x",
                          "smtp://u:p@a", "smtp://a/x", "smtp://a\r\nQUIT"})
    EXPECT_EQ(parse_mail_server(bad).status().field(), "url") << bad;
}

TEST(NoticeText, IsOneLineEachAndMarkupStaysLetters) {
  const Json notice = parse_json(R"json({"id": "ntc_1", "monitor": "m", "route": "desk", "status": "firing",
    "repeat": false, "time": "2026-11-27T08:30:00.000Z", "alarms": [{"topic": "青山\r\nBcc: x@y", "state": "firing",
    "negative": 6, "total": 7, "fired": "2026-11-27T08:25:00.000Z", "documents": [
    {"title": "<b>茶</b>", "url": "javascript:alert(1)", "publisher": "p"},
    {"title": "", "url": "http://a.example/?q=\"x", "publisher": "p"}]}]})json")
                          .value();
  const NoticeText chinese = notice_text(notice, true);
  EXPECT_EQ(chinese.subject, "[m] 负面舆情警报：青山 Bcc: x@y");
  EXPECT_EQ(chinese.blocks[0].lines[0], "7 篇中有 6 篇负面");
  EXPECT_EQ(chinese.blocks[0].links[0].url, "");
  EXPECT_EQ(chinese.blocks[0].links[1].url, "http://a.example/?q=%22x");
  const std::string html = html_text(chinese, true);
  EXPECT_EQ(html.find("<b>"), std::string::npos);
  EXPECT_NE(html.find("&lt;b&gt;"), std::string::npos);
  EXPECT_EQ(html.find("javascript:"), std::string::npos);
  const std::string text = plain_text(notice_text(notice, false));
  EXPECT_NE(text.find("6 negative of 7 documents"), std::string::npos) << text;
  EXPECT_NE(text.find("2026-11-27 08:25 UTC"), std::string::npos) << text;
  for (const char* odd : {"[]", "{}", R"({"alarms": 3})", R"({"alarms": [1, {}], "status": 4})"})
    EXPECT_FALSE(plain_text(notice_text(parse_json(odd).value(), true)).empty()) << odd;
}

// Three people, of whom one's server says no for now and one's for good.
TEST(MailRoute, EachRecipientIsSentTriedAgainAndGivenUpAlone) {
  const auto store = store::open_store(yupu::testing::fresh_url()).value();
  const std::vector<Route> routes = {
      {.name = "desk",
       .url = "smtp://mail.example",
       .kind = RouteKind::kMail,
       .mail = {.from = "alerts@bank.example", .to = {"a@x.example", "b@x.example", "c@x.example"}}}};
  ASSERT_TRUE(store
                  ->write([&](store::Transaction& transaction) {
                    return put_notice(transaction, "m", routes[0],
                                      {{"monitor", "m"}, {"route", "desk"}, {"status", "test"}}, kStart);
                  })
                  .ok());
  FakeClock clock(kStart);
  Rng rng(3);
  std::vector<std::string> told;
  bool mended = false;
  const Send send = send_by({}, [&](const Route&, const std::string& to, const std::string& message) -> http::Attempt {
    EXPECT_NE(message.find("To: <" + to + ">"), std::string::npos);
    for (const std::string& other : routes[0].mail.to) {
      EXPECT_EQ(message.find(other) == std::string::npos, other != to);
    }
    if (to[0] == 'c') return {.error = "550 no such user"};
    if (to[0] == 'b' && !mended) return {.again = true, .error = "450 later"};
    told.push_back(to);
    return {.done = true};
  });
  const Delivered first = deliver(*store, clock, "m", routes, rng, send).value();
  EXPECT_EQ(first.sent, 1);
  EXPECT_EQ(first.postponed, 1);
  EXPECT_EQ(first.dead, 1);
  EXPECT_EQ(list_notices(*store, "m", "dead", 9)->front().recipient, "c@x.example");
  mended = true;
  clock.advance_ns(kMinuteNs);
  EXPECT_EQ(deliver(*store, clock, "m", routes, rng, send)->sent, 1);
  EXPECT_EQ(told, (std::vector<std::string>{"a@x.example", "b@x.example"}));
  EXPECT_EQ(send_test(*store, clock, "m", routes[0], send).code(), Code::kUnavailable);
  EXPECT_EQ(told.size(), 4u);
}

TEST(Smtp, ThisMachineIsRefusedUnlessAllowed) {
  Route route{.name = "r", .url = "smtp://127.0.0.1:1", .kind = RouteKind::kMail, .mail = {.from = "a@b"}};
  const http::Attempt refused = smtp_sender(200)(route, "c@d", "x");
  EXPECT_FALSE(refused.again);
  EXPECT_NE(refused.error.find("open Internet"), std::string::npos);
  route.allow_private = true;
  EXPECT_TRUE(smtp_sender(200)(route, "c@d", "x").again);  // nobody listens
}

}  // namespace
}  // namespace yupu::monitor
