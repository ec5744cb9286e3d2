// The list on a shop's page: a visitor's own, and nobody else's.
#include <memory>

#include <gtest/gtest.h>

#include "products/recommend/event_store.h"
#include "products/recommend/serve/widget_routes.h"
#include "products/recommend/testing.h"
#include "store/store.h"
#include "store/testing.h"

namespace yupu::recommend {
namespace {

class WidgetTest : public ::testing::Test {
 protected:
  void SetUp() override {
    store_ = store::open_store(yupu::testing::fresh_url()).value();
    std::vector<Item> items;
    for (int n = 0; n < 6; ++n) items.push_back(testing::item("tea-" + std::to_string(n), "A tea"));
    ASSERT_TRUE(import_items(*store_, clock_, "t", items).ok());
    std::vector<Event> events;
    for (int n = 0; n < 5; ++n)
      events.push_back(
          testing::event("u" + std::to_string(n), "tea-" + std::to_string(n), clock_.now_ns() - 120'000'000'000));
    ASSERT_TRUE(import_events(*store_, clock_, "t", events).ok());
    const BookClick book = [this](store::Transaction&, const Click& click) {
      booked_.push_back(click);
      return ok_status();
    };
    shops_ = std::make_unique<Shops>(*store_, clock_);
    lists_ = std::make_unique<RecommendRoutes>(
        *store_, clock_, *shops_, [](const http::Request&, std::string_view) { return serving::Service::Access(); },
        book);
    widget_ = std::make_unique<WidgetRoutes>(
        *store_, clock_, *shops_, *lists_,
        [](const http::Request& request) {
          serving::Service::Access access;
          access.caller = handoff::Caller{.tenant_id = "t", .key_id = {}, .scopes = {}};
          const std::string who(request.headers.get("yupu-visitor"));
          if (!who.empty()) access.visitor = serving::Visitor{.id = who, .tenant_id = "t", .bot = "shop"};
          access.next_token = "vt_next";
          return access;
        },
        book);
    widget_->add_routes(
        [this](const http::RouteInfo& info, http::Handler handler) { router_.add(info, std::move(handler)); });
  }
  http::Response post(const std::string& path, const Json& body, const std::string& who = "vi_1") {
    http::Request request;
    request.method = "POST";
    request.path = "/v1/widget/" + path;
    request.request_id = "req_1";
    request.body = to_text(body);
    if (!who.empty()) request.headers.add("yupu-visitor", who);
    return router_.dispatch(request);
  }
  static std::string refused(const http::Response& response) {
    return std::to_string(response.status) + " " + parse_json(response.body)->value("field", "");
  }

  FakeClock clock_{testing::kBeginNs + 100 * testing::kDayNs};
  std::vector<Click> booked_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Shops> shops_;
  std::unique_ptr<RecommendRoutes> lists_;
  std::unique_ptr<WidgetRoutes> widget_;
  http::Router router_;
};

TEST_F(WidgetTest, AVisitorsListAndClicksAreTheirOwn) {
  ASSERT_TRUE(put_campaign(*store_, clock_, "t",
                           {.name = "a",
                            .payer_id = "tea-house",
                            .item = "tea-5",
                            .bid = Money::from_fen(50),
                            .budget = Money::from_fen(100)})
                  .ok());
  const http::Response response = post("recommend", {{"count", 3}, {"context", {"tea-0"}}});
  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(response.headers.get("yupu-visitor"), "vt_next");
  const Json list = *parse_json(response.body);
  const std::string item = list.at("items").at(0).at("id").get<std::string>();
  const Json click = {{"impression", list.at("impression")}, {"item", item}, {"kind", "click"}};
  EXPECT_EQ(*parse_json(post("events", click).body), (Json{{"added", 1}}));
  clock_.advance_ns(5'000'000'000);
  EXPECT_EQ(*parse_json(post("events", click).body), (Json{{"added", 0}})) << "told again later";
  EXPECT_TRUE(booked_.empty());
  EXPECT_EQ(list.at("sponsored").at("id"), "tea-5");
  Json paid = {{"impression", list.at("impression")}, {"item", "tea-5"}, {"kind", "click"}, {"sponsored", true}};
  for (int again = 0; again < 2; ++again) EXPECT_EQ(post("events", paid).status, 200);
  EXPECT_EQ(booked_.size(), 1U);

  EXPECT_EQ(refused(post("events", click, "vi_2")), "404 impression");
  Json other = click;
  other["item"] = "tea-0";
  EXPECT_EQ(refused(post("events", other)), "404 item");
  other = click;
  other["kind"] = "buy";
  EXPECT_EQ(refused(post("events", other)), "400 kind");
  EXPECT_EQ(refused(post("recommend", {{"user", "u1"}})), "400 user") << "a visitor asks for themselves";
  EXPECT_EQ(refused(post("recommend", Json::object(), "")), "401 yupu-visitor");
}

}  // namespace
}  // namespace yupu::recommend
