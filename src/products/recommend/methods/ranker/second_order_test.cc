#include "products/recommend/methods/ranker/second_order.h"

#include <cmath>
#include <limits>
#include <utility>

#include <gtest/gtest.h>

#include "products/recommend/evaluate/leak_check.h"
#include "products/recommend/methods/ranker/ranker.h"
#include "products/recommend/testing.h"

namespace yupu::recommend {
namespace {

using tasks::BehaviourKind;
using testing::kDayNs;

// Texts of one topic go together: their first words are the same.  Nothing is ready by deadline 0.
class Topics final : public PairScorer {
 public:
  explicit Topics(std::string name) : name_(std::string(kCrossPrefix) + std::move(name)) {}
  const std::string& name() const override { return name_; }
  std::vector<std::optional<float>> scores(std::string_view query, std::span<const std::string_view> texts,
                                           std::int64_t deadline_ns) const override {
    std::vector<std::optional<float>> scores(texts.size());
    if (deadline_ns <= 0) return scores;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const std::string topic = std::string(texts[i].substr(0, texts[i].find(' '))) + " ";
      scores[i] = query.find(topic) != std::string_view::npos ? 0.9f : 0.1f;
    }
    return scores;
  }

 private:
  std::string name_;
};

TEST(Forest, WhatIsMissingGoesTheWayTheNodeHasForIt) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const bool left : {true, false}) {
    const Tree tree = {
        {.left = 1, .right = 2, .feature = 0, .value = 2.0f, .missing_left = left}, {.value = 10.0f}, {.value = 20.0f}};
    const auto forest = Forest::of({tree}, 1);
    ASSERT_TRUE(forest.ok());
    EXPECT_EQ(forest->score(std::vector<float>{nan}), left ? 10.0f : 20.0f);
    EXPECT_EQ(forest->score(std::vector<float>{1.0f}), 10.0f);
  }
}

TEST(SecondOrder, TheFirstChangePlacesAndTheOthersStayBelow) {
  if (!can_boost()) GTEST_SKIP() << "this build has no XGBoost";
  const Topics topics("a");
  const std::vector<std::string> texts(5, "x y");
  SecondOrder second(&topics, texts, 3);
  // Rows of one feature that says nothing; the wanted one has the larger score, one group in five has none.
  RankingGroups groups{.width = 3, .features = {}, .relevance = {}, .sizes = {}};
  Rng rng(3);
  for (int group = 0; group < 100; ++group) {
    const std::size_t wanted = rng.below(3);
    std::vector<float> rows;
    for (std::size_t row = 0; row < 3; ++row) {
      rows.push_back(static_cast<float>(rng.below(10)));
      groups.relevance.push_back(row == wanted ? 1.0f : 0.0f);
    }
    SecondOrder::Scores read(3);
    for (std::size_t row = 0; row < 3 && group % 5 != 0; ++row) read[row] = row == wanted ? 0.8f : 0.2f;
    const auto wide = second.widened(rows, 1, std::vector<std::size_t>{0, 1, 2}, read);
    groups.features.insert(groups.features.end(), wide.begin(), wide.end());
    groups.sizes.push_back(3);
  }
  ASSERT_TRUE(second.learn(groups, {.trees = 20, .depth = 3}).ok());
  ASSERT_TRUE(second.has_trees());

  std::vector<float> scores = {2.0f, 5.0f, 1.0f, 4.0f, 3.0f};
  const auto places = second.first_of(scores);
  EXPECT_EQ(places, (std::vector<std::size_t>{1, 3, 4}));
  const std::vector<float> rows(5, 1.0f);
  const auto wide = second.widened(rows, 1, places, {0.2f, std::nullopt, 0.8f});
  ASSERT_EQ(wide.size(), 15U);
  EXPECT_EQ(wide[4 * 3 + 1], 0.8f);
  EXPECT_EQ(wide[4 * 3 + 2], 1.0f);
  EXPECT_EQ(wide[1 * 3 + 2], 0.25f);
  EXPECT_TRUE(std::isnan(wide[3 * 3 + 1])) << "not read in time";
  EXPECT_TRUE(std::isnan(wide[0 * 3 + 2])) << "not among the first";
  second.put_in_order(wide, places, scores);
  EXPECT_GT(scores[4], scores[1]) << "0.8 against 0.2";
  for (const std::size_t place : places) EXPECT_GT(scores[place], scores[0]);
  EXPECT_GT(scores[0], scores[2]) << "in their order";

  SecondOrder none(nullptr, texts, 3), nothing(&topics, texts, 0);
  EXPECT_FALSE(none.is_there() || nothing.is_there());
  EXPECT_EQ(none.width(), 0U);
}

class CrossRankerTest : public ::testing::Test {
 protected:
  static Settings settings(double top) {
    return {{"slice", 0.3}, {"lambda", 100},       {"trees", 30},     {"depth", 3},
            {"lr", 0.1},    {"questions_min", 10}, {"cross_top", top}};
  }
  Tools tools(const PairScorer* cross) const {
    return {.texts = collection_.texts, .created_ns = collection_.created_ns, .tags = collection_.tags, .cross = cross};
  }
  FitData data(const tasks::BehaviourLog& log) {
    return {.log = log, .weights = {}, .relevant = BehaviourKind::kClick, .seed = 1, .context = context_};
  }

  const Collection collection_ = testing::shop();
  engine::ExecutionContext context_{1};
  const Topics topics_{"a"};
};

TEST_F(CrossRankerTest, ReadsTheFirstAgainAndLooksAtThePastAlone) {
  if (!can_boost()) GTEST_SKIP() << "this build has no XGBoost";
  const Tools with = tools(&topics_);
  const std::int64_t end_ns = testing::kBeginNs + 90 * kDayNs;
  const tasks::BehaviourLog past = collection_.log.cut_at(end_ns);
  Ranker ranker(settings(10), with), again(settings(10), with);
  ASSERT_TRUE(ranker.fit(data(past)).ok());
  ASSERT_TRUE(again.fit(data(past)).ok());
  ASSERT_GT(ranker.lessons().read_again, 10U) << ranker.lessons().text();
  EXPECT_NE(ranker.lessons().text().find("the first read again"), std::string::npos);
  const auto& names = ranker.feature_names();
  ASSERT_GE(names.size(), 2U);
  EXPECT_EQ(names[names.size() - 2], "cross_a");
  EXPECT_EQ(names.back(), "cross_a.share");
  const auto questions = questions_of(collection_.log, end_ns, INT64_MAX, {});
  EXPECT_FALSE(find_leak(collection_, ranker, questions, 8, 1).has_value());

  const std::int64_t now_ns = testing::kBeginNs + 101 * kDayNs;
  bool differs = false;
  for (std::uint32_t user = 0; user < 5; ++user) {
    const Moment moment{.log = collection_.log, .time_ns = now_ns, .history = collection_.log.of_user(user)};
    const auto ranked = ranker.rank(moment), same = again.rank(moment);
    ASSERT_GT(ranked.size(), 10U);
    ASSERT_EQ(ranked.size(), same.size());
    for (std::size_t i = 0; i < ranked.size(); ++i) {
      EXPECT_EQ(ranked[i].item, same[i].item);
      EXPECT_EQ(std::isnan(ranked[i].features[names.size() - 2]), i >= 10) << i;
      if (i > 0) {
        EXPECT_GE(ranked[i - 1].score, ranked[i].score);
      }
    }
    // Too late: the first order stands, and rows say that nothing was read.
    const Moment late{.log = collection_.log, .time_ns = now_ns, .history = moment.history, .deadline_ns = 0};
    const auto first = ranker.rank(late);
    for (std::size_t i = 0; i < first.size(); ++i) {
      EXPECT_EQ(first[i].score, ranker.scores_of(moment, std::vector<std::uint32_t>{first[i].item})[0]);
      EXPECT_TRUE(std::isnan(first[i].features.back()));
      differs |= first[i].item != ranked[i].item;
    }
    std::vector<float> these(1);
    ranker.score_these(moment, std::vector<std::uint32_t>{first[0].item}, these);
    EXPECT_TRUE(std::isfinite(these[0]));
  }
  EXPECT_TRUE(differs) << "the second order is the first";
}

TEST_F(CrossRankerTest, TreesAreTakenOverFromTheSameReaderAlone) {
  if (!can_boost()) GTEST_SKIP() << "this build has no XGBoost";
  const Topics other_topics("b");
  const Tools with = tools(&topics_), other_tools = tools(&other_topics), without = tools(nullptr);
  Ranker ranker(settings(10), with), same(settings(10), with), other(settings(10), other_tools),
      plain(settings(10), without), off(settings(0), with);
  ASSERT_TRUE(ranker.fit(data(collection_.log)).ok());
  for (Ranker* one : {&same, &other, &plain, &off}) ASSERT_TRUE(one->fit_sources(data(collection_.log)).ok());
  EXPECT_TRUE(same.take_trees(ranker));
  EXPECT_FALSE(other.take_trees(ranker));
  EXPECT_FALSE(plain.take_trees(ranker));
  EXPECT_EQ(plain.feature_names(), off.feature_names()) << "nothing of it where it is off";
  const Moment moment{
      .log = collection_.log, .time_ns = testing::kBeginNs + 101 * kDayNs, .history = collection_.log.of_user(3)};
  std::vector<float> a(collection_.items.size()), b(a);
  ranker.score(moment, a);
  same.score(moment, b);
  EXPECT_EQ(a, b);
  Settings bad = settings(-1);
  EXPECT_EQ(Ranker(bad, with).fit(data(collection_.log)).field(), "cross_top");
}

TEST_F(CrossRankerTest, ListsOfBeforeAreLearnedFromWithTheScoresTheyHad) {
  const std::vector<std::string> names = {"users", "cross_a", "cross_a.share"};
  const auto list = [&](const char* json) {
    const std::string& item = collection_.items[0];
    Json items = *parse_json(json);
    for (Json& row : items) row["item"] = item;
    return logged_list(collection_, names, collection_.users[0], 5, items);
  };
  const auto read = list(R"([{"position": 1, "features": {"users": 2, "cross_a": 0.5, "cross_a.share": 1}}])");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->rows[0].features, (std::vector<float>{2.0f, 0.5f, 1.0f}));
  const auto late = list(R"([{"position": 1, "features": {"users": 2, "cross_a": null, "cross_b": 1}}])");
  ASSERT_TRUE(late) << "of another reader, or too late";
  EXPECT_TRUE(std::isnan(late->rows[0].features[1]) && std::isnan(late->rows[0].features[2]));
  EXPECT_FALSE(list(R"([{"position": 1, "features": {"cross_a": 0.5, "cross_a.share": 1}}])"));
}

}  // namespace
}  // namespace yupu::recommend
