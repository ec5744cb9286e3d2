#include "products/monitor/board/notice_routes.h"

#include <map>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.h"
#include "products/monitor/alarms/alarms.h"
#include "products/monitor/alarms/delivery.h"
#include "products/monitor/detect/series.h"

namespace yupu::monitor {
namespace {

class NoticeDesk : public ::testing::Test {
 protected:
  void SetUp() override {
    store_ = store::open_store("sqlite::memory:").value();
    Route mail{.name = "mail", .url = "smtp://mail.example", .kind = RouteKind::kMail};
    mail.mail.to = {"li@a.example", "wu@a.example"};
    given_ = {{.name = "desk", .url = "https://hooks.example/key-of-the-desk", .topics = {"tea"}}, mail};
    news_ = std::make_unique<News>(*store_, "m");
    routes_ = std::make_unique<NoticeRoutes>(*store_, clock_, "m", given_, *news_,
                                             [](const http::Request& request) -> Result<std::string> {
                                               const std::string_view who = request.headers.get("x-who");
                                               if (who.empty()) return Status(Code::kUnauthenticated, "who?");
                                               return std::string(who);
                                             });
    routes_->add_routes(router_);
  }
  http::Response call(const std::string& method, const std::string& path, std::map<std::string, std::string> query = {},
                      const std::string& who = "Li") {
    http::Request request;
    request.method = method;
    request.path = path;
    request.query = std::move(query);
    if (!who.empty()) request.headers.add("x-who", who);
    return router_.dispatch(request);
  }
  Json listed(std::map<std::string, std::string> query = {}) {
    const http::Response response = call("GET", "/v1/monitor/notices", std::move(query));
    EXPECT_EQ(response.status, 200) << response.body;
    return parse_json(response.body).value();
  }
  // Every notice that is due meets a receiver that answers so.
  void deliver_all(const http::Attempt& attempt) {
    Rng rng(1);
    ASSERT_TRUE(
        deliver(
            *store_, clock_, "m", given_, rng, [&](const Route&, const Notice&, std::int64_t) { return attempt; }, 100)
            .ok());
  }

  FakeClock clock_{20'000 * kDayNs};
  std::vector<Route> given_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<News> news_;
  std::unique_ptr<NoticeRoutes> routes_;
  http::Router router_;
};

TEST_F(NoticeDesk, ARouteIsTestedByWhoeverRunsTheMonitor) {
  EXPECT_EQ(listed().at("notices").size(), 0u);
  EXPECT_EQ(call("POST", "/v1/monitor/routes/mail/test").status, 200);
  const Json waiting = listed({{"state", "waiting"}}).at("notices");
  ASSERT_EQ(waiting.size(), 2u) << "one a recipient";
  EXPECT_EQ(waiting[0].at("status"), "test");
  EXPECT_EQ(waiting[0].at("topics").size(), 0u);
  deliver_all({.done = true});
  EXPECT_EQ(listed({{"state", "sent"}}).at("notices").size(), 2u);
  EXPECT_EQ(read_audit_of(*store_, "m", "notice_tested", 0)->at(0).who, "Li");
  EXPECT_EQ(call("POST", "/v1/monitor/routes/nobody/test").status, 404);
}

TEST_F(NoticeDesk, WhatNobodyTookIsSentAgain) {
  ASSERT_EQ(call("POST", "/v1/monitor/routes/desk/test").status, 200);
  deliver_all({.error = "404"});
  const Json dead = listed({{"state", "dead"}}).at("notices");
  ASSERT_EQ(dead.size(), 1u);
  EXPECT_EQ(dead[0].at("last_error"), "404");
  const std::string path = "/v1/monitor/notices/" + dead[0].at("id").get<std::string>() + "/resend";
  EXPECT_EQ(call("POST", path, {}, "Wu").status, 200);
  EXPECT_EQ(call("POST", path).status, 404) << "it waits already";
  deliver_all({.done = true});
  const Json sent = listed().at("notices");
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].at("state"), "sent");
  EXPECT_EQ(sent[0].at("id"), dead[0].at("id")) << "under its own id";
  EXPECT_EQ(read_audit_of(*store_, "m", "notice_resent", 0)->at(0).who, "Wu");
}

TEST_F(NoticeDesk, AddressesAreShownToNobody) {
  const Json routes = listed().at("routes");
  ASSERT_EQ(routes.size(), 2u);
  EXPECT_EQ(routes[0].at("name"), "desk");
  EXPECT_EQ(routes[0].at("topics"), Json::array({"tea"}));
  EXPECT_EQ(routes[1].at("kind"), "mail");
  EXPECT_EQ(to_text(routes).find("key-of-the-desk"), std::string::npos);
}

TEST_F(NoticeDesk, WhatIsWrongIsSaid) {
  EXPECT_EQ(call("GET", "/v1/monitor/notices", {{"state", "lost"}}).status, 400);
  EXPECT_EQ(call("GET", "/v1/monitor/notices", {{"limit", "0"}}).status, 400);
  EXPECT_EQ(call("GET", "/v1/monitor/notices", {{"limit", ""}}).status, 200) << "an empty field says nothing";
  EXPECT_EQ(call("GET", "/v1/monitor/notices", {}, "").status, 401);
  EXPECT_EQ(call("POST", "/v1/monitor/notices/ntc_x/resend", {}, "").status, 401);
}

}  // namespace
}  // namespace yupu::monitor
