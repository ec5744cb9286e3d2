#include "products/recommend/methods/ranker/user_features.h"

#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace yupu::recommend {
namespace {

using tasks::Behaviour;
using tasks::BehaviourKind;
using tasks::BehaviourLog;

constexpr std::int64_t kMinuteNs = 60'000'000'000, kNowNs = 10'000 * kMinuteNs;

// Items 0 to 4; 4 is one of which nothing is known.
class UserFeaturesTest : public ::testing::Test {
 protected:
  std::map<std::string, float> of(const std::vector<Behaviour>& events, std::uint32_t item, const Tools& tools) {
    const BehaviourLog log(events, 2, 5);
    const Moment moment{.log = log, .time_ns = kNowNs, .history = log.of_user_before(0, kNowNs)};
    const tasks::KindWeights weights;
    std::vector<float> row;
    UserFeatures(moment, tools, weights).add_row(item, row);
    EXPECT_EQ(row.size(), user_feature_names().size());
    std::map<std::string, float> named;
    for (std::size_t i = 0; i < row.size(); ++i) named[std::string(user_feature_names()[i])] = row[i];
    return named;
  }
  static Behaviour did(std::uint32_t item, std::int64_t minutes_ago, BehaviourKind kind = BehaviourKind::kView) {
    return {.user = 0, .item = item, .time_ns = kNowNs - minutes_ago * kMinuteNs, .kind = kind};
  }

  const std::vector<std::vector<std::uint32_t>> tags_ = {{0}, {0, 1}, {1}, {2, 3}, {}};
  const std::vector<std::optional<double>> prices_ = {9.0, 99.0, std::nullopt, 0.0, std::nullopt};
  const std::vector<std::optional<std::uint32_t>> authors_ = {0, 1, 0, std::nullopt, std::nullopt};
  const Tools tools_{.tags = tags_, .prices = prices_, .authors = authors_};
};

TEST_F(UserFeaturesTest, ASessionByHand) {
  // A day ago; then 70, 45 and 20 minutes ago, of which no two are more than half an hour apart; another user's click.
  const std::vector<Behaviour> events = {
      did(3, 1440),
      did(0, 70, BehaviourKind::kClick),
      did(1, 45),
      did(2, 20),
      {.user = 1, .item = 4, .time_ns = kNowNs - kMinuteNs, .kind = BehaviourKind::kBuy},
      did(3, 0, BehaviourKind::kBuy)};  // at the moment: not read
  const BehaviourLog log(events, 2, 5);
  const Moment moment{.log = log, .time_ns = kNowNs, .history = log.of_user_before(0, kNowNs)};
  EXPECT_EQ(session_of(moment).size(), 3U);
  auto row = of(events, 1, tools_);
  // Items 0 (click: 2), 1 and 2 (views: 1 each): tag 0 has 3 of 4, tag 1 has 2 of 4; item 1 has both.
  EXPECT_FLOAT_EQ(row["session_tag_match"], (0.75f + 0.5f) / 2.0f);
  EXPECT_FLOAT_EQ(row["session_alike"], 1.0f / std::sqrt(2.0f)) << "{0, 1} beside {1}";
  EXPECT_EQ(of(events, 3, tools_)["session_tag_match"], 0.0f) << "known to match nothing";
  EXPECT_TRUE(std::isnan(of(events, 4, tools_)["session_tag_match"])) << "an item without tags";
  EXPECT_TRUE(std::isnan(of(events, 4, tools_)["session_alike"]));
  // Half an hour and a little later there is no session.
  row = of({did(0, 31)}, 1, tools_);
  EXPECT_TRUE(std::isnan(row["session_tag_match"]));
  EXPECT_TRUE(std::isnan(row["session_alike"]));
}

TEST_F(UserFeaturesTest, PriceAndAuthorByHandAndAbsentWhereNothingIsSaid) {
  // Prices 9 (view: 1) and 99 (buy: 5), authors 0 and 1; item 2 is another of author 0, without a price.
  const std::vector<Behaviour> events = {did(0, 500), did(1, 400, BehaviourKind::kBuy)};
  const double usual = (std::log(10.0) + 5.0 * std::log(100.0)) / 6.0;
  auto row = of(events, 3, tools_);
  EXPECT_EQ(row["price"], 0.0f) << "what costs nothing has a price";
  EXPECT_FLOAT_EQ(row["price_ratio"], static_cast<float>(-usual));
  EXPECT_TRUE(std::isnan(row["author_seen"]));
  row = of(events, 2, tools_);
  EXPECT_TRUE(std::isnan(row["price"]));
  EXPECT_TRUE(std::isnan(row["price_ratio"]));
  EXPECT_FLOAT_EQ(row["author_seen"], 1.0f / 6.0f);
  row = of({did(3, 500)}, 1, tools_);
  EXPECT_FLOAT_EQ(row["price_ratio"], std::log1p(99.0f)) << "who takes what costs nothing";
  EXPECT_TRUE(std::isnan(row["author_seen"])) << "no author among what they touched";
  row = of({did(1, 500)}, 0, tools_);
  EXPECT_EQ(row["author_seen"], 0.0f) << "another author";
  // Nobody told of prices, authors or tags; and a user without a history.
  for (const auto& [name, value] : of(events, 0, Tools())) {
    EXPECT_TRUE(std::isnan(value)) << name << " " << value;
  }
  for (const auto& [name, value] : of({}, 0, tools_)) {
    const bool is_right = name == "price" ? std::abs(value - std::log1p(9.0f)) < 1e-6f : std::isnan(value);
    EXPECT_TRUE(is_right) << name << " " << value;
  }
}

TEST_F(UserFeaturesTest, LikenessIsTheVectorsWhereThereAreSome) {
  // Of length one, but for the third, whose text said nothing.
  const std::vector<float> values = {1.0f, 0.0f, 0.6f, 0.8f, 0.0f, 0.0f, 0.0f, 1.0f, -1.0f, 0.0f};
  const ItemVectors vectors{.values = values, .width = 2};
  const Tools tools{.tags = tags_, .vectors = &vectors};
  EXPECT_FLOAT_EQ(of({did(0, 5)}, 1, tools)["session_alike"], 0.6f);
  EXPECT_FLOAT_EQ(of({did(0, 5)}, 4, tools)["session_alike"], -1.0f);
  EXPECT_TRUE(std::isnan(of({did(0, 5)}, 2, tools)["session_alike"]));
}

}  // namespace
}  // namespace yupu::recommend
