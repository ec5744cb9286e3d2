// Items in the order a caller's list gets, items and events as they come over HTTP; and what is refused.
#include <algorithm>

#include <gmock/gmock.h>

#include "products/recommend/serve/outcomes.h"
#include "products/recommend/serve/serving_store.h"
#include "products/recommend/serve/testing.h"

namespace yupu::recommend {
namespace {

using ::testing::ElementsAre;
using testing::kNowNs;
using testing::kSecondNs;

class Rerank : public testing::TwoTastes {
 protected:
  Json order(const Json& body) { return answer("/v1/recommend/rerank", body); }
  static Json of(const Json& list, const std::string& id) {
    for (const Json& one : list.at("items")) {
      if (one.at("id") == id) return one;
    }
    return Json::object();
  }
};

TEST_F(Rerank, NothingThatIsGivenIsLostAndTasteDecides) {
  const Json list = order(
      {{"user", "u0"}, {"items", {"bread-1", "no-such", "tea-8", "bread-7", "tea-7", "tea-0"}}, {"surface", "home"}});
  const std::vector<std::string> found = ids(list);
  EXPECT_THAT(found, ::testing::UnorderedElementsAre("bread-1", "no-such", "tea-8", "bread-7", "tea-7", "tea-0"));
  const auto at = [&](const char* id) { return std::find(found.begin(), found.end(), id) - found.begin(); };
  EXPECT_LT(at("tea-7"), at("bread-7"));
  EXPECT_LT(at("tea-8"), at("bread-1"));
  EXPECT_EQ(found.back(), "no-such") << "of what nothing is known stands behind";
  EXPECT_EQ(of(list, "no-such").at("flags"), Json{"unknown"});
  EXPECT_FALSE(of(list, "no-such").contains("score"));
  EXPECT_FALSE(list.contains("left_out"));
  EXPECT_EQ(list.at("fallback"), false);
  // It is a list that was given: a click on it is joined to it.
  const Json click = {{"user", "u0"},
                      {"item", "tea-7"},
                      {"kind", "click"},
                      {"time", kNowNs / kSecondNs},
                      {"impression", list.at("impression")}};
  ASSERT_EQ(post("/v1/events", to_text(click)).status, 200);
  const auto became = outcomes(*store_, "t", kNowNs - 1, kNowNs + 1).value();
  ASSERT_EQ(became.size(), 1U);
  EXPECT_EQ(became[0].clicks, 1);
}

TEST_F(Rerank, WhatIsUnknownIsReadFromItsText) {
  const auto given = [&](const std::string& user) {
    return order({{"user", user},
                  {"items",
                   {{{"id", "x-bread"}, {"title", "A fine bread"}, {"tags", {"bread"}}},
                    {{"id", "x-tea"}, {"title", "A fine tea"}, {"tags", {"tea"}}},
                    {{"id", "x-odd"}, {"title", "Zzz"}}}}});
  };
  EXPECT_THAT(ids(given("u0")), ElementsAre("x-tea", "x-bread", "x-odd"));
  EXPECT_THAT(ids(given("u1")), ElementsAre("x-bread", "x-tea", "x-odd"));
  const Json list = given("u0");
  EXPECT_EQ(of(list, "x-tea").at("flags"), Json{"from_text"});
  EXPECT_EQ(of(list, "x-odd").at("flags"), Json{"unknown"}) << "not a word in common with anything";
  EXPECT_EQ(order({{"user", "nobody"}, {"items", {"tea-1"}}}).at("unknown_user"), true);
}

TEST_F(Rerank, WhatWasTakenDownIsNamed) {
  ASSERT_TRUE(hide_item(*store_, clock_, "t", "tea-7").value());
  const Json list = order({{"user", "u0"}, {"items", {"tea-7", "tea-8"}}});
  EXPECT_THAT(ids(list), ElementsAre("tea-8"));
  EXPECT_EQ(list.at("left_out"), Json{"tea-7"});
}

TEST_F(Rerank, RefusalsNameTheField) {
  const auto wrong = [&](const std::string& items) {
    return refused("/v1/recommend/rerank", R"({"user": "u0", "items": )" + items + "}");
  };
  const std::string long_text(100'000, 'x');
  EXPECT_EQ(wrong("[]"), "400 items");
  EXPECT_EQ(wrong("7"), "400 items");
  EXPECT_EQ(wrong(R"(["a", "a"])"), "400 items[1]");
  EXPECT_EQ(wrong(R"(["a", 2.5])"), "400 items[1]");
  EXPECT_EQ(wrong(R"(["a", ""])"), "400 items[1]");
  EXPECT_EQ(wrong(R"([{"title": "no id"}])"), "400 items[0].id");
  EXPECT_EQ(wrong(R"([{"id": "a", "title": ""}])"), "400 items[0].title");
  EXPECT_EQ(wrong(R"([{"id": "a", "title": "t", "cost": 3}])"), "400 items[0].cost");
  EXPECT_EQ(wrong(R"([{"id": "a", "title": "t", "description": ")" + long_text + R"("}])"), "413 items[0].description");
  EXPECT_EQ(wrong(R"([{"id": "a", "title": "t", "created": -5}])"), "400 items[0].created");
  std::string many = "[0";
  for (int n = 1; n < 10'000; ++n) many += "," + std::to_string(n);
  EXPECT_EQ(wrong(many + "]"), "413 items");
  EXPECT_EQ(refused("/v1/recommend/rerank", R"({"items": ["a"]})"), "400 user");
  EXPECT_EQ(refused("/v1/recommend/rerank", R"({"user": "u0"})"), "400 items");
  EXPECT_EQ(refused("/v1/recommend/rerank", R"({"user": "u0", "items": ["a"], "count": 3})"), "400 count");
}

class ItemsOverHttp : public testing::TwoTastes {};

TEST_F(ItemsOverHttp, ItemsComeOneByOneInABatchAndALineEach) {
  const Json item = {{"id", "tea-new"}, {"title", "A tea"}, {"tags", {"tea"}}, {"price", 39.5}, {"author", "Lu Yu"}};
  EXPECT_EQ(answer("/v1/items", item), (Json{{"added", 1}, {"changed", 0}, {"known", 0}}));
  EXPECT_EQ(answer("/v1/items", {{"items", {item}}}), (Json{{"added", 0}, {"changed", 0}, {"known", 1}}));
  EXPECT_EQ(post("/v1/items", to_text(item) + "\n", "application/x-ndjson").status, 200);
  const std::vector<std::string> found = ids(answer("/v1/recommend", {{"user", "u0"}, {"count", 50}}));
  EXPECT_NE(std::find(found.begin(), found.end(), "tea-new"), found.end());
}

TEST_F(ItemsOverHttp, RefusalsNameTheFieldAndKeepNothing) {
  const auto wrong = [&](const std::string& body, const std::string& type = "application/json") {
    return refused("/v1/items", body, type);
  };
  const std::string good = R"({"id": "x", "title": "X"})";
  EXPECT_EQ(wrong("[" + good + "]"), "400 body");
  EXPECT_EQ(wrong(R"({"id": "x"})"), "400 title");
  EXPECT_EQ(wrong(R"({"id": "x", "title": " "})"), "400 title");
  EXPECT_EQ(wrong(R"({"id": "x", "title": "X", "cost": 1})"), "400 cost");
  EXPECT_EQ(wrong(R"({"id": "x", "title": "X", "price": -1})"), "400 price");
  EXPECT_EQ(wrong(R"({"id": "x", "title": "X", "author": 7})"), "400 author");
  EXPECT_EQ(wrong(R"({"id": "x", "title": "X", "created": NaN})"), "400 body");
  EXPECT_EQ(wrong(R"({"items": [)" + good + "," + good + "]}"), "400 items[1].id") << "an id stands twice";
  EXPECT_EQ(wrong(R"({"items": []})"), "400 items");
  EXPECT_EQ(wrong(good + "\n{}\n", "application/x-ndjson"), "400 line 2.id");
  EXPECT_EQ(wrong(R"({"id": "x", "title": "X", "description": ")" + std::string(100'000, 'x') + "\"}"),
            "413 description");
  EXPECT_EQ(answer("/v1/items", *parse_json(good)).at("added"), 1) << "nothing of what was refused is there";
}

TEST_F(ItemsOverHttp, WhatAListCostsIsMeasuredByStage) {
  answer("/v1/recommend", {{"user", "u0"}});
  std::string stages;
  for (const auto& row : shops_->times().to_json()) {
    stages += row.at("stage").get<std::string>() + " ";
    EXPECT_EQ(row.at("lists"), 1);
    EXPECT_EQ(row.at("p99_ms"), 0.0) << "this clock stands";
  }
  EXPECT_EQ(stages, "read order explore reasons keep ");
}

class EventFields : public testing::TwoTastes {};

TEST_F(EventFields, AnEventThatNamesItsListBelongsToIt) {
  const auto give = [&] { return answer("/v1/recommend", {{"user", "u0"}, {"count", 3}, {"explain", false}}); };
  const Json first = give();
  clock_.advance_ns(60 * kSecondNs);
  const Json second = give();
  const std::string item = ids(first)[0];
  ASSERT_EQ(ids(second)[0], item) << "in both lists";
  const Json click = {{"id", "e1"},
                      {"user", "u0"},
                      {"item", item},
                      {"kind", "click"},
                      {"time", kNowNs / kSecondNs + 90},
                      {"value", 12.5},
                      {"position", 1},
                      {"surface", "home"},
                      {"impression", first.at("impression")}};
  clock_.advance_ns(60 * kSecondNs);
  for (int again = 0; again < 3; ++again) ASSERT_EQ(post("/v1/events", to_text(click)).status, 200);
  // Told beside it that the list was seen: it is not shown twice for that.
  Json view = click;
  view["id"] = "e2";
  view["kind"] = "view";
  ASSERT_EQ(post("/v1/events", to_text(view)).status, 200);
  const auto became = outcomes(*store_, "t", kNowNs - 1, clock_.now_ns()).value();
  ASSERT_EQ(became.size(), 2U);
  EXPECT_EQ(became[0].clicks, 1) << "the list it names, not the last that had the item";
  EXPECT_EQ(became[1].clicks, 0);
  // The same id with another value is another event.
  for (const auto& [member, value] : std::vector<std::pair<std::string, Json>>{
           {"value", 13}, {"position", 2}, {"surface", "cart"}, {"impression", second.at("impression")}}) {
    Json other = click;
    other[member] = value;
    EXPECT_EQ(refused("/v1/events", to_text(other)), "409 id") << member;
  }
}

TEST_F(EventFields, RefusalsNameTheField) {
  const auto wrong = [&](const std::string& member) {
    return refused("/v1/events", R"({"user": "u", "item": "i", "kind": "buy", "time": 1, )" + member + "}");
  };
  EXPECT_EQ(wrong(R"("value": -1)"), "400 value");
  EXPECT_EQ(wrong(R"("value": 1e300)"), "400 value");
  EXPECT_EQ(wrong(R"("value": "much")"), "400 value");
  EXPECT_EQ(wrong(R"("value": [1])"), "400 value");
  EXPECT_EQ(wrong(R"("position": 0)"), "400 position");
  EXPECT_EQ(wrong(R"("position": 1001)"), "400 position");
  EXPECT_EQ(wrong(R"("position": 1.5)"), "400 position");
  EXPECT_EQ(wrong(R"("impression": 7)"), "400 impression");
  EXPECT_EQ(wrong(R"("surface": ")" + std::string(257, 'x') + "\""), "413 surface");
  EXPECT_EQ(wrong(R"("color": "red")"), "400 color");
  // As a table has them.
  const Json cells = {{"user", "u"}, {"item", "i"},     {"kind", "buy"},
                      {"time", "1"}, {"value", "2.50"}, {"position", "3"}};
  const auto event = event_of(cells, kNowNs);
  ASSERT_TRUE(event.ok()) << event.status().to_string();
  EXPECT_EQ(event->value, 2.5);
  EXPECT_EQ(event->position, 3);
}

}  // namespace
}  // namespace yupu::recommend
