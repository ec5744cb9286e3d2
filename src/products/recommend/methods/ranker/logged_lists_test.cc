#include "products/recommend/methods/ranker/logged_lists.h"

#include <cmath>

#include <gtest/gtest.h>

#include "products/recommend/testing.h"

namespace yupu::recommend {
namespace {

using tasks::BehaviourKind;
using testing::kBeginNs;

constexpr std::int64_t kMinuteNs = 60'000'000'000;

LoggedList list_of(std::uint32_t user, std::int64_t time_ns, std::size_t items) {
  LoggedList list{.user = user, .time_ns = time_ns};
  for (std::uint32_t i = 0; i < items; ++i)
    list.rows.push_back({.item = i, .position = i + 1, .features = {static_cast<float>(10 * user + i), 0.0f}});
  return list;
}

tasks::BehaviourLog log() {
  return tasks::BehaviourLog(
      {{.user = 0, .item = 1, .time_ns = kBeginNs + 10 * kMinuteNs, .kind = BehaviourKind::kClick},
       {.user = 0, .item = 2, .time_ns = kBeginNs + 31 * kMinuteNs, .kind = BehaviourKind::kClick},  // too late
       {.user = 1, .item = 0, .time_ns = kBeginNs + 5 * kMinuteNs, .kind = BehaviourKind::kView},    // too weak
       {.user = 2, .item = 0, .time_ns = kBeginNs + 100 * kMinuteNs, .kind = BehaviourKind::kBuy}},
      3, 3);
}

TEST(LoggedLists, ClicksWithinHalfAnHourAreWanted) {
  // User 2's list had no half an hour before the record ends.
  const std::vector<LoggedList> lists = {list_of(0, kBeginNs, 3), list_of(1, kBeginNs, 3),
                                         list_of(2, kBeginNs + 99 * kMinuteNs, 3)};
  RankingGroups groups{.width = 2, .features = {}, .relevance = {}, .sizes = {}};
  add_lists(lists, log(), BehaviourKind::kClick, 1, PositionRule::kFeature, {}, groups);
  EXPECT_EQ(groups.sizes, (std::vector<std::uint32_t>{3}));
  EXPECT_EQ(groups.relevance, (std::vector<float>{0, 1, 0}));
  EXPECT_EQ(groups.features, (std::vector<float>{0, 1, 1, 2, 2, 3})) << "the features as logged, and the position";
  add_lists(lists, log(), BehaviourKind::kView, 1, PositionRule::kNone, {}, groups);
  EXPECT_EQ(groups.sizes.size(), 3u);
  EXPECT_EQ(groups.features[7], 0.0f) << "no position";
}

TEST(LoggedLists, AClickIsWeighedByHowLikelyItsPositionIsLookedAt) {
  RankingGroups groups{.width = 2, .features = {}, .relevance = {}, .sizes = {}};
  const std::vector<LoggedList> lists = {list_of(0, kBeginNs, 3)};
  add_lists(
      lists, log(), BehaviourKind::kClick, 1, PositionRule::kWeight,
      [](std::int64_t position) { return 1.0 / static_cast<double>(position); }, groups);
  EXPECT_EQ(groups.weights, (std::vector<float>{2.0f}));
  EXPECT_EQ(groups.relevance, (std::vector<float>{0, 1, 0}));
}

TEST(LoggedLists, ExplainWhatIsTouchedWithinHalfAnHour) {
  const std::vector<LoggedList> lists = {list_of(0, kBeginNs, 3)};
  const std::vector<std::uint32_t> both = {0, 2}, other = {2, 3};
  EXPECT_TRUE(is_explained(lists, 0, kBeginNs + 30 * kMinuteNs, both));
  EXPECT_FALSE(is_explained(lists, 0, kBeginNs + 30 * kMinuteNs + 1, both)) << "too late";
  EXPECT_FALSE(is_explained(lists, 0, kBeginNs - 1, both)) << "before it was given";
  EXPECT_FALSE(is_explained(lists, 0, kBeginNs, other)) << "one of them was not in it";
  EXPECT_FALSE(is_explained(lists, 1, kBeginNs, both)) << "another user";
}

TEST(LoggedLists, AreReadAsTheStoreHasThem) {
  const Collection collection = collect(
      {.items = {testing::item("a", "A"), testing::item("b", "B")}, .events = {testing::event("u", "a", kBeginNs)}});
  const std::vector<std::string> names = {"ease", "position"};
  const Json good = {{{"item", "b"}, {"position", 1}, {"score", 2.0}, {"features", {{"ease", 0.5}, {"position", 0}}}}};
  const auto list = logged_list(collection, names, "u", 7, good);
  ASSERT_TRUE(list.has_value());
  EXPECT_EQ(list->rows[0].item, 1u);
  EXPECT_EQ(list->rows[0].features, (std::vector<float>{0.5f, 0.0f}));
  EXPECT_FALSE(logged_list(collection, names, "nobody", 7, good).has_value());
  Json other = good;
  other[0]["item"] = "gone";
  EXPECT_FALSE(logged_list(collection, names, "u", 7, other).has_value());
  other = good;
  other[0]["features"].erase("ease");
  EXPECT_FALSE(logged_list(collection, names, "u", 7, other).has_value());
  EXPECT_FALSE(logged_list(collection, names, "u", 7, Json("x")).has_value());
}

TEST(LoggedLists, OfATimeBeforeAFeatureOfTheUserAreStillRead) {
  const Collection collection =
      collect({.items = {testing::item("a", "A")}, .events = {testing::event("u", "a", kBeginNs)}});
  const std::vector<std::string> names = {"ease", "position", "session_alike", "price"};
  const Json kept = {
      {{"item", "a"}, {"position", 1}, {"features", {{"ease", 0.5}, {"position", 0}, {"price", nullptr}}}}};
  const auto list = logged_list(collection, names, "u", 7, kept);
  ASSERT_TRUE(list.has_value());
  ASSERT_EQ(list->rows[0].features.size(), 4U);
  EXPECT_EQ(list->rows[0].features[0], 0.5f);
  EXPECT_TRUE(std::isnan(list->rows[0].features[2])) << "it was not there yet";
  EXPECT_TRUE(std::isnan(list->rows[0].features[3])) << "it had none";
}

}  // namespace
}  // namespace yupu::recommend
