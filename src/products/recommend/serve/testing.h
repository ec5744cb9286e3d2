// For tests only: a shop of two tastes with its routes, without sockets.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "products/recommend/event_store.h"
#include "products/recommend/serve/recommend_routes.h"
#include "products/recommend/testing.h"
#include "store/store.h"
#include "store/testing.h"

namespace yupu::recommend::testing {

inline constexpr std::int64_t kSecondNs = 1'000'000'000;
inline constexpr std::int64_t kNowNs = 1'764'000'000 * kSecondNs;

// Ten teas and ten breads, named in their titles; users u0 to u19, the even ones of tea, who clicked five each.
class TwoTastes : public ::testing::Test {
 protected:
  void SetUp() override {
    store_ = store::open_store(yupu::testing::fresh_url()).value();
    std::vector<Item> items;
    for (const char* taste : {"tea", "bread"}) {
      for (int n = 0; n < 10; ++n) items.push_back(made(taste, n));
    }
    ASSERT_TRUE(import_items(*store_, clock_, "t", items).ok());
    std::vector<Event> events;
    for (int user = 0; user < 20; ++user) {
      for (int i = 0; i < 5; ++i) {
        const std::string id = (user % 2 == 0 ? "tea-" : "bread-") + std::to_string((user / 2 + i) % 10);
        events.push_back(event("u" + std::to_string(user), id, kNowNs - (30 - 5 * i) * kDayNs + user));
      }
    }
    ASSERT_TRUE(import_events(*store_, clock_, "t", events).ok());
    ASSERT_TRUE(put_policy(*store_, clock_, "t", {.explore = explore_}, "Li").ok());
    shops_ = std::make_unique<Shops>(*store_, clock_);
    routes_ = std::make_unique<RecommendRoutes>(
        *store_, clock_, *shops_,
        [](const http::Request&, std::string_view) {
          serving::Service::Access access;
          access.caller = handoff::Caller{.tenant_id = "t", .key_id = {}, .scopes = {}};
          return access;
        },
        [this](store::Transaction&, const Click& click) {
          booked_.push_back(click);
          return ok_status();
        });
    routes_->add_routes(router_);
  }
  virtual Item made(const std::string& taste, int n) const {
    Item made = item(taste + "-" + std::to_string(n), "A " + taste);
    made.tags = {taste, "maker:" + std::to_string(n % 2)};
    return made;
  }
  http::Response post(const std::string& path, const std::string& body, const std::string& type = "application/json") {
    http::Request request;
    request.method = "POST";
    request.path = path;
    request.request_id = "req_1";
    request.headers.add("content-type", type);
    request.body = body;
    return router_.dispatch(request);
  }
  Json answer(const std::string& path, const Json& body) {
    const http::Response response = post(path, to_text(body));
    EXPECT_EQ(response.status, 200) << response.body;
    return *parse_json(response.body);
  }
  // "400 items": the status and the field of a refusal.
  std::string refused(const std::string& path, const std::string& body, const std::string& type = "application/json") {
    const http::Response response = post(path, body, type);
    return std::to_string(response.status) + " " + parse_json(response.body)->value("field", "");
  }
  static std::vector<std::string> ids(const Json& list) {
    std::vector<std::string> all;
    for (const Json& one : list.at("items")) all.push_back(one.at("id").get<std::string>());
    return all;
  }

  FakeClock clock_{kNowNs};
  double explore_ = 0.0;
  std::vector<Click> booked_;  // of sponsored items
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Shops> shops_;
  std::unique_ptr<RecommendRoutes> routes_;
  http::Router router_;
};

}  // namespace yupu::recommend::testing
