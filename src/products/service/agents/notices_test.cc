#include "products/service/agents/notices.h"

#include <gtest/gtest.h>

#include "products/monitor/alarms/chat.h"
#include "products/monitor/alarms/notice_text.h"
#include "products/service/agents/inbox.h"
#include "products/service/agents/notice_sender.h"
#include "products/service/agents/testing.h"
#include "products/service/agents/tickets.h"

namespace yupu::products {
namespace {

using monitor::kMinuteNs;
using testing::Shift;

class ShopNoticesTest : public testing::DeskFixture {
 protected:
  void SetUp() override {
    open();
    shop_.bot = "shop";
    monitor::Route route{.name = "group", .url = "https://robot.example/send?key=k"};
    route.wait_ns = kMinuteNs;
    shop_.routes.push_back(route);
  }
  std::int64_t plan() {
    const auto count = plan_shop_notices(*store_, shop_, clock_.now_ns());
    EXPECT_TRUE(count.ok()) << count.status().to_string();
    return count.ok() ? *count : -1;
  }
  Json newest() {
    return parse_json(monitor::list_notices(*store_, notice_place("shop"), "", 1).value().front().body).value();
  }
  void leave_ticket(const std::string& conversation, const std::string& contact) {
    ASSERT_TRUE(keep_ticket(*store_, {.tenant_id = "t_1",
                                      .conversation_id = conversation,
                                      .contact = contact,
                                      .text = "call me",
                                      .created_ns = clock_.now_ns()})
                    .ok());
  }

  ShopNotices shop_{.shop = "shop", .bot = "", .link = "https://shop.example/console", .routes = {}};
};

TEST_F(ShopNoticesTest, VisitorsWhoWaitAreToldOfOnceAndWithoutWhatTheyWrote) {
  const std::string first = ask_for_person("my number is 13800138000, a person please");
  pass_seconds(59);
  EXPECT_EQ(plan(), 0);
  pass_seconds(1);
  EXPECT_EQ(plan(), 1);
  const Json told = newest();
  EXPECT_EQ(told["event"], "waiting");
  EXPECT_EQ(told["waiting"].size(), 1U);
  EXPECT_EQ(told["waiting"][0]["conversation"], first);
  EXPECT_EQ(told["words"]["en"]["subject"], "A visitor waits for a person");
  EXPECT_EQ(to_text(told).find("13800138000"), std::string::npos);
  EXPECT_EQ(plan(), 0);

  // Others within the interval are told of when it is over, together.
  const std::string second = ask_for_person();
  const std::string third = ask_for_person();
  pass_seconds(120);
  EXPECT_EQ(plan(), 0);
  pass_seconds(181);
  EXPECT_EQ(plan(), 1);
  EXPECT_EQ(newest()["waiting"].size(), 2U);
  EXPECT_EQ(newest()["words"]["zh"]["subject"], "有 2 位访客在等人工");
  pass_seconds(3600);
  EXPECT_EQ(plan(), 0);
}

TEST_F(ShopNoticesTest, WhoWasTakenAndGoesBackToTheQueueIsNewsAgain) {
  ask_for_person();
  pass_seconds(60);
  EXPECT_EQ(plan(), 1);
  Shift mei = hire("Mei");
  pass_seconds(400);
  plan();  // forgets that it was told
  leave(mei);
  pass_seconds(31);
  EXPECT_EQ(plan(), 1);
}

TEST_F(ShopNoticesTest, WhoIsTakenInTimeIsNoNews) {
  const Shift mei = hire("Mei");
  ask_for_person();
  pass_seconds(600);
  EXPECT_EQ(plan(), 0);
}

TEST_F(ShopNoticesTest, TicketsAreToldOfOnceAndAgainWhenTheyChange) {
  shop_.routes[0].topics = {"ticket"};
  const std::string id = ask_for_person();
  pass_seconds(60);
  EXPECT_EQ(plan(), 0);  // the route wants no other news
  leave_ticket(id, "me@example.org");
  EXPECT_EQ(plan(), 1);
  EXPECT_EQ(newest()["event"], "ticket");
  EXPECT_EQ(newest()["conversations"], Json::array({id}));
  EXPECT_EQ(to_text(newest()).find("me@example.org"), std::string::npos);
  EXPECT_EQ(plan(), 0);
  pass_seconds(60);
  leave_ticket(id, "13800138000");
  EXPECT_EQ(plan(), 1);
}

TEST_F(ShopNoticesTest, AnotherBotsVisitorsAreNotTold) {
  shop_.bot = "another";
  leave_ticket(ask_for_person(), "me@example.org");
  pass_seconds(600);
  EXPECT_EQ(plan(), 0);
}

TEST_F(ShopNoticesTest, NewsOfARoundIsToldOnceToThoseWhoWantIt) {
  shop_.routes.push_back({.name = "mail",
                          .url = "smtp://mail.example",
                          .kind = monitor::RouteKind::kMail,
                          .mail = {.from = "a@shop.example", .to = {"b@shop.example", "c@shop.example"}}});
  shop_.routes.push_back({.name = "queue", .url = "https://queue.example/", .topics = {"waiting"}});
  const ShopNews news{.event = "release",
                      .subject = "rnd_1",
                      .zh = {.subject = "新版本已上线", .lines = {"test accuracy 0.93"}},
                      .en = {.subject = "A new release answers", .lines = {"test accuracy 0.93"}}};
  ASSERT_TRUE(tell_shop(*store_, shop_, news, clock_.now_ns()).ok());
  ASSERT_TRUE(tell_shop(*store_, shop_, news, clock_.now_ns()).ok());
  EXPECT_EQ(monitor::list_notices(*store_, notice_place("shop"), "", 10).value().size(), 3U);  // a mail each
}

TEST_F(ShopNoticesTest, InWordsForMailsAndChats) {
  ask_for_person();
  pass_seconds(180);
  ASSERT_EQ(plan(), 1);
  const std::string english = monitor::plain_text(monitor::notice_text(newest(), false));
  EXPECT_NE(english.find("A visitor waits for a person\n  for 3 minutes"), std::string::npos) << english;
  EXPECT_NE(english.find("https://shop.example/console"), std::string::npos) << english;
  const monitor::NoticeText chinese = monitor::notice_text(newest(), true);
  EXPECT_EQ(chinese.subject, "[shop] 有 1 位访客在等人工");
  const Json posted =
      parse_json(monitor::chat_post({.name = "g", .url = "https://r.example/", .kind = monitor::RouteKind::kDingtalk},
                                    newest(), clock_.now_ns())
                     .body)
          .value();
  EXPECT_EQ(posted["markdown"]["title"], "[shop] 有 1 位访客在等人工");
  EXPECT_FALSE(
      monitor::notice_text(parse_json(R"({"words":{"zh":3},"link":"javascript:x"})").value(), true).subject.empty());
}

TEST_F(ShopNoticesTest, TheSenderTriesAgainUntilItIsHeard) {
  ask_for_person();
  pass_seconds(60);
  bool is_up = false;
  std::int64_t tries = 0;
  NoticeSender sender(*store_, clock_, shop_,
                      [&](const monitor::Route& route, const monitor::Notice& notice, std::int64_t) -> http::Attempt {
                        ++tries;
                        EXPECT_EQ(route.name, "group");
                        EXPECT_FALSE(notice.body.empty());
                        if (!is_up) return {.done = false, .again = true, .error = "down"};
                        return {.done = true};
                      });
  EXPECT_EQ(sender.look().value().postponed, 1);
  EXPECT_EQ(sender.look().value().postponed, 0);  // not before its time
  is_up = true;
  pass_seconds(60);
  EXPECT_EQ(sender.look().value().sent, 1);
  EXPECT_EQ(sender.look().value().sent, 0);
  EXPECT_EQ(tries, 2);
  sender.start();
  sender.stop();
}

}  // namespace
}  // namespace yupu::products
