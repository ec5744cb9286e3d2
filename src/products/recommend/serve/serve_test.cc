// Lists and routes of recommendation, without sockets.
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "products/recommend/event_store.h"
#include "products/recommend/serve/lists.h"
#include "products/recommend/serve/testing.h"

namespace yupu::recommend {
namespace {

using testing::kDayNs;
using testing::kNowNs;
using testing::kSecondNs;

// Without makers: a taste is all that tells items apart, and the rates of the auction are known.
class ServeTest : public testing::TwoTastes {
 protected:
  Item made(const std::string& taste, int n) const override {
    const std::string id = taste + "-" + std::to_string(n);
    Item made = testing::item(id, "A " + id);
    made.tags = {taste};
    return made;
  }
  void put(const std::string& user, const std::string& item, std::int64_t time_ns) {
    ASSERT_TRUE(import_events(*store_, clock_, "t", std::vector<Event>{testing::event(user, item, time_ns)}).ok());
  }
  http::Response post(const std::string& path, const Json& body) { return TwoTastes::post(path, to_text(body)); }
  Json list(const Json& body) { return answer("/v1/recommend", body); }
  static std::set<std::string> ids(const Json& list) {
    const std::vector<std::string> all = TwoTastes::ids(list);
    return {all.begin(), all.end()};
  }
};

TEST_F(ServeTest, AListIsWithoutWhatWasSeenHiddenOrExcluded) {
  const Json first = list({{"user", "u0"}, {"count", 20}});
  EXPECT_EQ(first.at("fallback"), false);
  EXPECT_EQ(first.at("unknown_user"), false);
  for (int n = 0; n < 5; ++n) EXPECT_FALSE(ids(first).contains("tea-" + std::to_string(n))) << "seen";
  ASSERT_TRUE(ids(first).contains("tea-7"));
  ASSERT_TRUE(ids(first).contains("tea-8"));
  ASSERT_TRUE(hide_item(*store_, clock_, "t", "tea-7").value());
  const Json second = list({{"user", "u0"}, {"count", 20}, {"exclude", {"tea-8"}}});
  EXPECT_FALSE(ids(second).contains("tea-7")) << "hidden";
  EXPECT_FALSE(ids(second).contains("tea-8")) << "excluded";
  ASSERT_TRUE(show_item(*store_, "t", "tea-7").value());
  EXPECT_EQ(list({{"user", "u0"}, {"count", 20}}).at("items"), first.at("items")) << "the same request, the same list";
}

TEST_F(ServeTest, UnknownUsersGetTheFallbackAndContextEndsIt) {
  const Json nobody = list({{"user", "nobody"}});
  EXPECT_EQ(nobody.at("fallback"), true);
  EXPECT_EQ(nobody.at("unknown_user"), true);
  EXPECT_EQ(nobody.at("items").size(), 10U);
  for (const Json& item : nobody.at("items")) EXPECT_NE(item.at("reason").at("kind"), "because_of");
  const Json session = list({{"user", "nobody"}, {"context", {"tea-1", "no-such-item"}}});
  EXPECT_EQ(session.at("fallback"), false);
  EXPECT_EQ(session.at("unknown_context"), (Json{"no-such-item"}));
  EXPECT_FALSE(ids(session).contains("tea-1"));
}

TEST_F(ServeTest, EventsCountOnceAndAtTheNextLook) {
  const Json event = {
      {"id", "e1"}, {"user", "new"}, {"item", "bread-1"}, {"kind", "click"}, {"time", kNowNs / kSecondNs - 5}};
  EXPECT_EQ(list({{"user", "new"}}).at("fallback"), true);
  EXPECT_EQ(*parse_json(post("/v1/events", event).body), (Json{{"added", 1}, {"known", 0}}));
  EXPECT_EQ(*parse_json(post("/v1/events", event).body), (Json{{"added", 0}, {"known", 1}}));
  Json other = event;
  other["item"] = "bread-2";
  EXPECT_EQ(post("/v1/events", other).status, 409);
  Shop shop(*store_, clock_, "t");
  ASSERT_TRUE(shop.look().ok());
  const auto before = shop.ready();
  const List known = list_for(*before, {}, {.user = "new"}, kNowNs);
  EXPECT_FALSE(known.by_fallback);
  put("new", "bread-3", kNowNs - kSecondNs);
  ASSERT_TRUE(shop.look().ok());
  EXPECT_EQ(shop.ready()->fitted, before->fitted) << "behaviour alone is read, not learned, at once";
  for (const ListedItem& item : list_for(*shop.ready(), {}, {.user = "new"}, kNowNs).items)
    EXPECT_NE(shop.ready()->collection->items[item.item], "bread-3");
  const auto record = shop.ready();
  ASSERT_TRUE(shop.look().ok());
  EXPECT_EQ(shop.ready(), record) << "nothing has changed";
}

TEST_F(ServeTest, WhatAUserDidCountsBeforeTheNextLook) {
  ASSERT_TRUE(shops_->record("t").ok());  // read now, and not again: nobody looks
  EXPECT_EQ(list({{"user", "new"}}).at("fallback"), true);
  const std::string first = list({{"user", "new"}, {"count", 1}}).at("items")[0].at("id");
  put("new", first, kNowNs - kSecondNs);
  const Json after = list({{"user", "new"}, {"count", 100}});
  EXPECT_EQ(after.at("fallback"), false);
  EXPECT_EQ(after.at("unknown_user"), false);
  for (const Json& item : after.at("items")) EXPECT_NE(item.at("id"), first) << "what was touched is not recommended";
}

TEST_F(ServeTest, ABurstOfOneUserIsOneUser) {
  const auto popular = [&] {
    Shop shop(*store_, clock_, "t");
    EXPECT_TRUE(shop.look().ok());
    return list_for(*shop.ready(), {}, {.user = "nobody", .count = 20, .explain = false}, kNowNs);
  };
  put("robot", "bread-9", kNowNs - 59 * kSecondNs);
  const List once = popular();
  std::vector<Event> burst;
  for (int n = 0; n < 1000; ++n) {
    burst.push_back({.id = "burst" + std::to_string(n),
                     .user = "robot",
                     .item = "bread-9",
                     .kind = tasks::BehaviourKind::kClick,
                     .time_ns = kNowNs - 58 * kSecondNs + n});
  }
  ASSERT_TRUE(import_events(*store_, clock_, "t", burst).ok());
  const List often = popular();
  ASSERT_EQ(often.items.size(), once.items.size());
  for (std::size_t i = 0; i < once.items.size(); ++i) {
    EXPECT_EQ(often.items[i].item, once.items[i].item);
    EXPECT_EQ(often.items[i].score, once.items[i].score);
  }
}

TEST_F(ServeTest, ANewItemIsThereAtTheNextLook) {
  Shop shop(*store_, clock_, "t");
  ASSERT_TRUE(shop.look().ok());
  Item item;
  item.id = "tea-new";
  item.title = "A tea nobody has had";
  item.tags = {"tea"};
  item.created_ns = kNowNs - kDayNs;
  ASSERT_TRUE(import_items(*store_, clock_, "t", std::vector<Item>{item}).ok());
  ASSERT_TRUE(shop.look().ok());
  const List list = list_for(*shop.ready(), {}, {.user = "u0", .count = 20}, kNowNs);
  bool is_there = false;
  for (const ListedItem& listed : list.items) {
    if (shop.ready()->collection->items[listed.item] != "tea-new") continue;
    is_there = true;
    EXPECT_TRUE(listed.is_new);
  }
  EXPECT_TRUE(is_there);
}

TEST_F(ServeTest, ReasonsAreWhatTheScoreRestsOn) {
  Shop shop(*store_, clock_, "t");
  ASSERT_TRUE(shop.look().ok());
  const auto record = shop.ready();
  const List list = list_for(*record, {}, {.user = "u0"}, kNowNs);
  std::size_t because = 0;
  for (const ListedItem& item : list.items) {
    if (item.reason.kind != ReasonKind::kBecauseOf) continue;
    ++because;
    EXPECT_GE(item.reason.share, ListRules().reason_share);
    const auto explained = explain(*record, "u0", record->collection->items[item.item], kNowNs);
    ASSERT_TRUE(explained.ok());
    EXPECT_EQ(explained->history[0].item, item.reason.because_of) << "the one that carries most";
    EXPECT_GT(explained->history[0].drop, 0.0);
  }
  EXPECT_GT(because, 0U);
  // What is hidden is never named.
  ItemIds hidden;
  for (int n = 0; n < 5; ++n) hidden.insert("tea-" + std::to_string(n));
  for (const ListedItem& item : list_for(*record, hidden, {.user = "u0"}, kNowNs).items)
    EXPECT_NE(item.reason.kind, ReasonKind::kBecauseOf);
  EXPECT_EQ(explain(*record, "nobody", "tea-1", kNowNs).status().field(), "user");
  EXPECT_EQ(explain(*record, "u0", "nothing", kNowNs).status().field(), "item");
}

TEST_F(ServeTest, ASponsoredItemStandsApartAndItsClickIsBookedOnce) {
  EXPECT_FALSE(list({{"user", "u0"}}).contains("sponsored"));
  const auto fen = [](std::int64_t amount) { return Money::from_fen(amount); };
  const auto campaign = [&](const std::string& name, const std::string& item, Money bid, Money budget) {
    return put_campaign(*store_, clock_, "t",
                        {.name = name, .payer_id = "tea-house", .item = item, .bid = bid, .budget = budget});
  };
  EXPECT_EQ(campaign("none", "no-such-item", fen(50), fen(100)).field(), "item");
  ASSERT_TRUE(campaign("a", "tea-9", fen(50), fen(100)).ok());
  ASSERT_TRUE(campaign("b", "bread-9", fen(80), fen(100)).ok());
  // u0 drinks tea: rate 0.04 against 0.02, so 50 fen stand above 80, for 80 * 0.5 fen and one ufen.
  const Json first = list({{"user", "u0"}});
  EXPECT_EQ(first.at("sponsored").at("id"), "tea-9");
  EXPECT_EQ(first.at("sponsored").at("label"), (Json{{"zh", "推广"}, {"en", "sponsored"}}));
  EXPECT_FALSE(list({{"user", "u0"}, {"sponsored", false}}).contains("sponsored"));
  EXPECT_EQ(list({{"user", "u0"}, {"exclude", {"tea-9"}}}).at("sponsored").at("id"), "bread-9");
  const Json impression = {{"impression", first.at("impression")}};
  const std::int64_t price = fen(40).ufen() + 1;
  EXPECT_EQ(*parse_json(post("/v1/recommend/sponsored/click", impression).body),
            (Json{{"counted", true}, {"price_ufen", price}}));
  for (int again = 0; again < 2; ++again) {
    EXPECT_EQ(*parse_json(post("/v1/recommend/sponsored/click", impression).body),
              (Json{{"counted", false}, {"price_ufen", price}}));
  }
  ASSERT_EQ(booked_.size(), 1U);
  EXPECT_EQ(booked_[0].payer_id, "tea-house");
  EXPECT_EQ(booked_[0].price.ufen(), price);
  EXPECT_EQ(post("/v1/recommend/sponsored/click", {{"impression", "imp_none"}}).status, 404);
  EXPECT_EQ(post("/v1/recommend/sponsored/click", Json::object()).status, 400);
  // Half an hour later a click costs nothing; what is stopped or hidden does not stand.
  const Json late = list({{"user", "u1"}});
  ASSERT_EQ(late.at("sponsored").at("id"), "bread-9");
  clock_.advance_ns(1801 * kSecondNs);
  EXPECT_EQ(*parse_json(post("/v1/recommend/sponsored/click", {{"impression", late.at("impression")}}).body),
            (Json{{"counted", true}, {"price_ufen", 0}}));
  ASSERT_TRUE(stop_campaign(*store_, clock_, "t", "a").ok());
  ASSERT_TRUE(hide_item(*store_, clock_, "t", "bread-9").ok());
  EXPECT_FALSE(list({{"user", "u1"}}).contains("sponsored"));
}

TEST_F(ServeTest, ADayCostsNoMoreThanItsBudget) {
  ASSERT_TRUE(put_campaign(*store_, clock_, "t",
                           {.name = "a",
                            .payer_id = "tea-house",
                            .item = "tea-9",
                            .bid = Money::from_fen(50),
                            .budget = Money::from_fen(100)})
                  .ok());
  const Slot slot{.campaign = "a", .payer_id = "tea-house", .item = "tea-9", .price = Money::from_fen(30)};
  Money booked;
  for (int shown = 0; shown < 6; ++shown) {  // shown before any of them is clicked
    ASSERT_TRUE(store_
                    ->write([&](store::Transaction& transaction) {
                      return keep_slot(transaction, "t", "imp" + std::to_string(shown), slot, clock_.now_ns());
                    })
                    .ok());
  }
  for (int shown = 0; shown < 6; ++shown) {
    const auto click = take_click(*store_, clock_, "t", "imp" + std::to_string(shown),
                                  [](store::Transaction&, const Click&) { return ok_status(); });
    ASSERT_TRUE(click.ok());
    booked += click->price;
  }
  EXPECT_EQ(booked, Money::from_fen(100));
  const OrderedJson told = campaigns_json(*store_, "t", clock_.now_ns()).value();
  EXPECT_EQ(told.at("campaigns").at(0).at("spent_today_ufen"), Money::from_fen(100).ufen());
  EXPECT_EQ(told.at("campaigns").at(0).at("clicks"), 6);
  EXPECT_FALSE(list({{"user", "u0"}}).contains("sponsored"));
  clock_.advance_ns(kDayNs);
  EXPECT_TRUE(list({{"user", "u0"}}).contains("sponsored")) << "the next day has its own budget";
}

TEST_F(ServeTest, ListsAreKeptWithWhatTheyWereOrderedBy) {
  // A price and an author at teas alone; something to drink a minute ago.
  std::vector<Item> teas;
  for (int n = 0; n < 10; ++n) {
    teas.push_back(testing::item("tea-" + std::to_string(n), "A tea"));
    teas.back().tags = {"tea"};
    teas.back().price = 10.0 * (n + 1);
    teas.back().author = n % 2 == 0 ? "Lu Yu" : "Lu Tong";
  }
  ASSERT_TRUE(import_items(*store_, clock_, "t", teas).ok());
  put("u2", "tea-9", kNowNs - 60 * kSecondNs);
  const Json given = list({{"user", "u2"}, {"surface", "home"}, {"count", 3}});
  Json kept;
  ASSERT_TRUE(store_
                  ->read([&](store::Transaction& transaction) -> Status {
                    YUPU_ASSIGN_OR_RETURN(const auto rows,
                                          transaction.query("SELECT user_id, surface, items FROM recommend_impression "
                                                            "WHERE tenant_id = ? AND impression_id = ?",
                                                            {"t", given.at("impression").get<std::string>()}));
                    EXPECT_EQ(rows.size(), 1U);
                    EXPECT_EQ(rows[0].text(0), "u2");
                    EXPECT_EQ(rows[0].text(1), "home");
                    YUPU_ASSIGN_OR_RETURN(kept, parse_json(rows[0].text(2)));
                    return ok_status();
                  })
                  .ok());
  ASSERT_EQ(kept.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(kept[i].at("item"), given.at("items")[i].at("id"));
    EXPECT_EQ(kept[i].at("position"), i + 1);
    EXPECT_TRUE(kept[i].at("features").contains("tag_match"));
    const bool is_tea = kept[i].at("item").get<std::string>().starts_with("tea");
    EXPECT_EQ(kept[i].at("features").at("session_alike").get<float>() > 0.0f, is_tea) << "tea a minute ago";
    for (const char* of_teas : {"price", "price_ratio", "author_seen"})
      EXPECT_EQ(kept[i].at("features").at(of_teas).is_number(), is_tea) << of_teas;
  }
  // Played again from the store, the features are those that were kept.
  Shop shop(*store_, clock_, "t");
  ASSERT_TRUE(shop.look().ok());
  const auto record = shop.ready();
  const List again = list_for(*record, {}, {.user = "u2", .count = 3}, kNowNs);
  ASSERT_EQ(again.items.size(), 3U);
  const auto& names = record->fitted->ranker->feature_names();
  for (std::size_t i = 0; i < 3; ++i) {
    ASSERT_EQ(kept[i].at("features").size(), names.size());
    for (std::size_t f = 0; f < names.size(); ++f) {
      const Json& one = kept[i].at("features").at(names[f]);
      if (std::isnan(again.items[i].features[f])) {
        EXPECT_TRUE(one.is_null()) << names[f];
      } else {
        EXPECT_NEAR(one.get<double>(), again.items[i].features[f], 1e-6) << names[f];
      }
    }
  }
  ASSERT_TRUE(forget_user(*store_, "t", "u2").ok());
  ASSERT_TRUE(store_
                  ->read([&](store::Transaction& transaction) -> Status {
                    YUPU_ASSIGN_OR_RETURN(
                        const auto rows,
                        transaction.query("SELECT impression_id FROM recommend_impression WHERE user_id = ?", {"u2"}));
                    EXPECT_TRUE(rows.empty()) << "a forgotten user's lists are still there";
                    return ok_status();
                  })
                  .ok());
}

}  // namespace
}  // namespace yupu::recommend
