#include "training/tune/rungs.h"

#include <gtest/gtest.h>

namespace yupu::training::tune {
namespace {

using Levels = std::vector<std::int64_t>;

TEST(Rungs, LevelsGrowByEtaAndEndAtTheMost) {
  EXPECT_EQ(rung_levels({.least = 1, .most = 81, .eta = 3}), (Levels{1, 3, 9, 27, 81}));
  EXPECT_EQ(rung_levels({.least = 1, .most = 81, .eta = 3}, 2), (Levels{9, 27, 81}));
  EXPECT_EQ(rung_levels({.least = 2, .most = 30, .eta = 4}), (Levels{2, 8, 30}));
  EXPECT_EQ(rung_levels({.least = 5, .most = 5, .eta = 3}), (Levels{5}));
  EXPECT_EQ(rung_levels({.least = 1, .most = 9, .eta = 3}, INT64_MAX), (Levels{9}));
  EXPECT_EQ(rung_levels({.least = 1, .most = 10, .eta = 3}), (Levels{1, 3, 9, 10}));
}

TEST(Rungs, HyperbandSharesAreThePapers) {
  std::vector<std::int64_t> shares;
  for (const Bracket& bracket : hyperband_brackets({.least = 1, .most = 81, .eta = 3})) {
    EXPECT_EQ(bracket.skip, static_cast<std::int64_t>(shares.size()));
    shares.push_back(bracket.share);
  }
  EXPECT_EQ(shares, (Levels{81, 34, 15, 8, 5}));
  EXPECT_EQ(hyperband_brackets({.least = 1, .most = 80, .eta = 3}).size(), 4u);
  EXPECT_EQ(hyperband_brackets({.least = 1, .most = 1000, .eta = 10}).size(), 4u);  // log10(1000) < 3 in doubles
  EXPECT_EQ(hyperband_brackets({.least = 7, .most = 7, .eta = 2}).size(), 1u);
}

struct PromotionRow {
  const char* what;
  std::vector<Climber> climbers;
  std::optional<Promotion> wanted;
};

constexpr bool kPaused = true;

TEST(Rungs, WhoGoesOn) {
  const std::optional<double> failed;
  const std::vector<PromotionRow> rows = {
      {"nobody yet", {}, {}},
      {"two of eta three", {{0, {0.5}, kPaused}, {1, {0.6}, kPaused}}, {}},
      {"the best of three", {{0, {0.5}, kPaused}, {1, {0.6}, kPaused}, {2, {0.4}, kPaused}}, Promotion{1, 1}},
      {"the older of equals", {{0, {0.5}, kPaused}, {1, {0.6}, kPaused}, {2, {0.6}, kPaused}}, Promotion{1, 1}},
      {"it is on its way already: no second best", {{0, {0.5}, kPaused}, {1, {0.6}, false}, {2, {0.4}, kPaused}}, {}},
      {"it has been up: no second best", {{0, {0.5}, kPaused}, {1, {0.6, 0.7}, kPaused}, {2, {0.4}, kPaused}}, {}},
      {"a late starter takes the second place of six",
       {{0, {0.5}, kPaused},
        {1, {0.6, 0.7}, kPaused},
        {2, {0.4}, kPaused},
        {3, {0.1}, kPaused},
        {4, {0.2}, kPaused},
        {5, {0.9}, kPaused}},
       Promotion{5, 1}},
      {"the failed count as seen and never go on",
       {{0, {failed}, false}, {1, {failed}, false}, {2, {0.1}, kPaused}},
       Promotion{2, 1}},
      {"all failed", {{0, {failed}, false}, {1, {failed}, false}, {2, {failed}, false}}, {}},
      {"the upper rung first",
       {{0, {0.5, 0.6}, kPaused}, {1, {0.6, 0.7}, kPaused}, {2, {0.4, 0.5}, kPaused}, {3, {0.9}, kPaused}},
       Promotion{1, 2}},
      {"it failed further up: the next best does not take its place",
       {{0, {0.5}, kPaused}, {1, {0.6, failed}, false}, {2, {0.4}, kPaused}},
       {}},
  };
  for (const PromotionRow& row : rows) {
    const auto promotion = promotable(row.climbers, 3, 3);
    ASSERT_EQ(promotion.has_value(), row.wanted.has_value()) << row.what;
    if (!promotion) continue;
    EXPECT_EQ(promotion->trial, row.wanted->trial) << row.what;
    EXPECT_EQ(promotion->rung, row.wanted->rung) << row.what;
  }
}

TEST(Rungs, TheTopRungPromotesNobody) {
  const std::vector<Climber> climbers = {{0, {0.1, 0.2, 0.3}, kPaused},
                                         {1, {0.2, 0.3, 0.4}, kPaused},
                                         {2, {0.3, 0.4, 0.5}, kPaused},
                                         {3, {0.3, 0.4, 0.6}, kPaused}};
  EXPECT_FALSE(promotable(climbers, 3, 2).has_value());
}

}  // namespace
}  // namespace yupu::training::tune
