#include "products/recommend/serve/exploration.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "products/recommend/serve/outcomes.h"
#include "products/recommend/serve/testing.h"

namespace yupu::recommend {
namespace {

using testing::kNowNs;
using testing::kSecondNs;

constexpr std::size_t kPlaces = 5;
const LittleKnown kPool = {.any = [] { return true; }, .all = [] { return std::vector<std::uint32_t>{7, 8, 9, 10}; }};
const LittleKnown kNothing = {.any = [] { return false; }, .all = [] { return std::vector<std::uint32_t>(); }};

TEST(Exploration, DrawsAsOftenAsItsPropensitiesSay) {
  constexpr int kUsers = 20'000;
  constexpr double kShare = 0.1;
  std::map<std::pair<std::size_t, std::uint32_t>, int> drawn;
  // What stood at a place is clicked by its item's worth over the place; the estimate weighs by the propensity.
  double clicks_reckoned = 0.0;
  for (int user = 0; user < kUsers; ++user) {
    const Draw draw = draw_place(kPlaces, kPool, kShare, "u" + std::to_string(user), kNowNs);
    EXPECT_DOUBLE_EQ(draw.share, kShare);
    if (!draw.place) continue;
    EXPECT_DOUBLE_EQ(draw.propensity, kShare / 4.0);
    ++drawn[{*draw.place, draw.item}];
    if (*draw.place == 0) clicks_reckoned += static_cast<double>(draw.item) / 20.0 / draw.propensity / 4.0;
  }
  ASSERT_EQ(drawn.size(), 20U) << "every item at every place";
  for (const auto& [where, count] : drawn) EXPECT_NEAR(count, kUsers * kShare / 4.0, 110.0) << where.first;
  // A list whose first place had one of the four at random would be clicked (7 + 8 + 9 + 10) / 4 / 20 times.
  EXPECT_NEAR(clicks_reckoned / kUsers, 0.425, 0.04);
}

TEST(Exploration, WhatIsBelowMovesDownAndItsPropensityIsThatOfBothCases) {
  // The third of the order stands at place 3 unless place 1, 2 or 3 was drawn, and at place 4 then.
  constexpr double kShare = 0.1;
  EXPECT_DOUBLE_EQ(propensity_of({.share = kShare}, 2), 0.7);
  EXPECT_DOUBLE_EQ(propensity_of({.share = kShare, .place = 3}, 2), 0.7);
  EXPECT_DOUBLE_EQ(propensity_of({.share = kShare, .place = 2}, 2), 0.3);
  EXPECT_DOUBLE_EQ(propensity_of({.share = kShare, .place = 0}, 2), 0.3);
  int moved = 0;
  for (int user = 0; user < 5'000; ++user) {
    const Draw draw = draw_place(kPlaces, kPool, kShare, "u" + std::to_string(user), kNowNs);
    moved += draw.place && *draw.place <= 2 ? 1 : 0;
  }
  EXPECT_NEAR(moved / 5'000.0, 0.3, 0.03);
}

TEST(Exploration, IsTheSameWithinAnHourAndAtMostOnePlace) {
  for (int user = 0; user < 50; ++user) {
    const std::string name = "u" + std::to_string(user);
    const Draw now = draw_place(kPlaces, kPool, 1.0, name, kNowNs / 3'600'000'000'000 * 3'600'000'000'000);
    const Draw later = draw_place(kPlaces, kPool, 1.0, name, kNowNs / 3'600'000'000'000 * 3'600'000'000'000 + 1);
    ASSERT_TRUE(now.place) << "five places, each a fifth: always one";
    EXPECT_DOUBLE_EQ(now.propensity, 0.05);
    EXPECT_EQ(now.place, later.place);
    EXPECT_EQ(now.item, later.item);
  }
  EXPECT_FALSE(draw_place(kPlaces, kNothing, 1.0, "u", kNowNs).place);
  EXPECT_EQ(propensity_of(draw_place(kPlaces, kNothing, 1.0, "u", kNowNs), 3), 1.0) << "the order is all there is";
  EXPECT_FALSE(draw_place(0, kPool, 1.0, "u", kNowNs).place);
  EXPECT_FALSE(draw_place(kPlaces, kPool, 0.0, "u", kNowNs).place);
}

TEST(Exploration, LooksThroughTheCatalogueForListsAloneThatDraw) {
  int asked = 0, looked_through = 0;
  const LittleKnown counted = {.any =
                                   [&] {
                                     ++asked;
                                     return true;
                                   },
                               .all =
                                   [&] {
                                     ++looked_through;
                                     return std::vector<std::uint32_t>{7, 8};
                                   }};
  EXPECT_EQ(propensity_of(draw_place(kPlaces, counted, 0.0, "u", kNowNs), 0), 1.0);
  EXPECT_EQ(asked + looked_through, 0) << "without exploration nothing is looked at";
  int drawn = 0;
  constexpr int kLists = 1'000;
  for (int user = 0; user < kLists; ++user) {
    const Draw draw = draw_place(kPlaces, counted, 0.01, "u" + std::to_string(user), kNowNs);
    EXPECT_DOUBLE_EQ(draw.share, 0.01) << "of every list, drawn or not";
    drawn += draw.place ? 1 : 0;
  }
  EXPECT_NEAR(drawn, 50, 25);
  EXPECT_EQ(looked_through, drawn);
  EXPECT_EQ(asked, kLists - drawn);
  EXPECT_EQ(propensity_of(draw_place(kPlaces, kNothing, 0.01, "u", kNowNs), 2), 1.0) << "nothing could be drawn";
}

class ExplorationServed : public testing::TwoTastes {
 protected:
  ExplorationServed() { explore_ = 0.1; }
};

TEST_F(ExplorationServed, APlaceIsDrawnFromWhatIsLittleKnownAndKeptWithItsPropensity) {
  // Breads that nobody has touched: no source of a tea drinker has reason to put them on top.
  std::vector<Item> items;
  for (int n = 0; n < 30; ++n) {
    items.push_back(testing::item("rye-" + std::to_string(n), "A rye"));
    items.back().created_ns = kNowNs - 100 * testing::kDayNs;
  }
  ASSERT_TRUE(import_items(*store_, clock_, "t", items).ok());
  std::size_t explored = 0;
  std::string click;
  for (int user = 0; user < 20; ++user) {
    const std::string name = "u" + std::to_string(user);
    const Json list = answer("/v1/recommend", {{"user", name}, {"count", 4}, {"explain", false}});
    Json kept;
    std::int64_t place = 0;
    ASSERT_TRUE(store_
                    ->read([&](store::Transaction& transaction) -> Status {
                      YUPU_ASSIGN_OR_RETURN(const auto rows,
                                            transaction.query("SELECT items, explored FROM recommend_impression WHERE "
                                                              "impression_id = ?",
                                                              {list.at("impression").get<std::string>()}));
                      YUPU_ASSIGN_OR_RETURN(kept, parse_json(rows.at(0).text(0)));
                      place = rows.at(0).integer(1);
                      return ok_status();
                    })
                    .ok());
    ASSERT_EQ(kept.size(), 4U);
    for (std::size_t i = 0; i < 4; ++i) {
      const bool is_drawn = place == static_cast<std::int64_t>(i + 1);
      EXPECT_EQ(list.at("items")[i].at("flags").dump().find("explored") != std::string::npos, is_drawn);
      const double propensity = kept[i].at("propensity").get<double>(), below = 0.1 * static_cast<double>(i);
      if (is_drawn) {
        EXPECT_LT(propensity, 0.01) << "one of thirty and more";
      } else if (place != 0 && static_cast<std::int64_t>(i + 1) > place) {
        EXPECT_DOUBLE_EQ(propensity, below) << "moved down";
      } else {
        EXPECT_DOUBLE_EQ(propensity, 1.0 - (below + 0.1));
      }
    }
    if (place == 0) continue;
    ++explored;
    click = to_text({{"user", name},
                     {"item", list.at("items")[static_cast<std::size_t>(place - 1)].at("id")},
                     {"kind", "click"},
                     {"time", kNowNs / kSecondNs + 1}});
  }
  EXPECT_GT(explored, 2U) << "four lists in ten";
  EXPECT_LT(explored, 16U);
  ASSERT_EQ(post("/v1/events", click).status, 200);
  std::int64_t lists = 0, clicks = 0;
  const OrderedJson told = metrics_json(*store_, "t", 1, kNowNs + 5 * kSecondNs).value();
  for (const auto& row : told.at("explored")) {
    lists += row.at("lists").get<std::int64_t>();
    clicks += row.at("clicks").get<std::int64_t>();
  }
  EXPECT_EQ(lists, static_cast<std::int64_t>(explored));
  EXPECT_EQ(clicks, 1);
}

}  // namespace
}  // namespace yupu::recommend
