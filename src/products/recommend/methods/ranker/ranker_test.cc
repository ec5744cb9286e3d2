#include "products/recommend/methods/ranker/ranker.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include "products/recommend/evaluate/leak_check.h"
#include "products/recommend/testing.h"

namespace yupu::recommend {
namespace {

using tasks::Behaviour;
using tasks::BehaviourKind;
using tasks::BehaviourLog;
using testing::kDayNs;

const Settings kSettings = {{"slice", 0.3}, {"lambda", 100}, {"trees", 30},
                            {"depth", 3},   {"lr", 0.1},     {"questions_min", 10}};

TEST(Forest, WalksByHand) {
  // x0 < 2 ? (x1 < 0.5 ? 10 : 20) : 30, and one leaf of 1.
  const Tree tree = {{.left = 1, .right = 2, .feature = 0, .value = 2.0f},
                     {.left = 3, .right = 4, .feature = 1, .value = 0.5f},
                     {.value = 30.0f},
                     {.value = 10.0f},
                     {.value = 20.0f}};
  const auto forest = Forest::of({tree, {{.value = 1.0f}}}, 2);
  ASSERT_TRUE(forest.ok()) << forest.status().to_string();
  EXPECT_EQ(forest->score(std::vector<float>{1.0f, 0.0f}), 11.0f);
  EXPECT_EQ(forest->score(std::vector<float>{1.0f, 0.5f}), 21.0f);  // at the threshold: right
  EXPECT_EQ(forest->score(std::vector<float>{2.0f, 0.0f}), 31.0f);
}

TEST(Forest, RefusesWhatIsNoTree) {
  EXPECT_FALSE(Forest::of({Tree{}}, 1).ok());
  EXPECT_FALSE(Forest::of({Tree{{.left = 0, .right = 0, .feature = 0, .value = 1.0f}}}, 1).ok());  // its own child
  EXPECT_FALSE(Forest::of({Tree{{.left = 1, .right = 2, .feature = 3, .value = 1.0f}, {}, {}}}, 1).ok());
  EXPECT_FALSE(Forest::of({Tree{{.left = 1, .right = 5, .feature = 0, .value = 1.0f}, {}}}, 1).ok());
}

TEST(MomentCounts, ByHand) {
  // Items 0 and 1 have tag 0, item 1 tag 1 too, item 2 none.  Asked at day 40.
  const std::vector<Behaviour> events = {
      {.user = 0, .item = 0, .time_ns = 5 * kDayNs, .kind = BehaviourKind::kBuy},
      {.user = 0, .item = 1, .time_ns = 38 * kDayNs, .kind = BehaviourKind::kView},
      {.user = 1, .item = 1, .time_ns = 39 * kDayNs, .kind = BehaviourKind::kClick},
      {.user = 1, .item = 1, .time_ns = 39 * kDayNs + kDayNs / 2, .kind = BehaviourKind::kClick},
      {.user = 1, .item = 0, .time_ns = 40 * kDayNs, .kind = BehaviourKind::kBuy},  // at the moment: not read
  };
  const BehaviourLog log(events, 2, 3);
  const std::vector<std::optional<std::int64_t>> created_ns = {std::nullopt, 30 * kDayNs, std::nullopt};
  const std::vector<std::vector<std::uint32_t>> tags = {{0}, {0, 1}, {}};
  const Tools tools{.created_ns = created_ns, .tags = tags};
  const Moment moment{.log = log, .time_ns = 40 * kDayNs, .history = log.of_user_before(0, 40 * kDayNs)};
  const MomentCounts counts(moment, tools, {}, BehaviourKind::kClick);
  EXPECT_EQ(counts.users(0, 1), 1.0f);  // a day: user 1
  EXPECT_EQ(counts.users(1, 1), 2.0f);  // a week: both, each once
  EXPECT_EQ(counts.users(2, 0), 0.0f);  // day 5 is more than 30 days ago
  // In 30 days: item 1 has 3 events, 2 of them relevant, and nothing else has any: the share of all is 2/3.
  EXPECT_NEAR(counts.relevant_share(1), 2.0 / 3.0, 1e-12);
  EXPECT_NEAR(counts.relevant_share(2), 2.0 / 3.0, 1e-12);
  EXPECT_NEAR(counts.age_days(0), 35.0, 1e-9);  // its first event
  EXPECT_NEAR(counts.age_days(1), 10.0, 1e-9);  // created
  EXPECT_EQ(counts.age_days(2), kNoAge);
  // User 0 touched item 0 (buy: 5) and item 1 (view: 1): tag 0 has 6 of 6, tag 1 has 1 of 6.
  EXPECT_NEAR(counts.tag_match(0), 1.0, 1e-12);
  EXPECT_NEAR(counts.tag_match(1), (1.0 + 1.0 / 6.0) / 2.0, 1e-12);
  EXPECT_EQ(counts.tag_match(2), 0.0);
}

TEST(LambdaMart, LearnsWhatStandsFirst) {
  if (!can_boost()) GTEST_SKIP() << "this build has no XGBoost";
  // In every group the wanted row is the one with the largest second feature; the first says nothing.
  RankingGroups groups{.width = 2, .features = {}, .relevance = {}, .sizes = {}};
  Rng rng(7);
  for (int group = 0; group < 60; ++group) {
    const std::size_t wanted = rng.below(5);
    for (std::size_t row = 0; row < 5; ++row) {
      groups.features.push_back(static_cast<float>(rng.below(100)));
      groups.features.push_back(row == wanted ? 60.0f + static_cast<float>(rng.below(40))
                                              : static_cast<float>(rng.below(50)));
      groups.relevance.push_back(row == wanted ? 1.0f : 0.0f);
    }
    groups.sizes.push_back(5);
  }
  const auto forest = lambda_mart(groups, {.trees = 20, .depth = 3});
  ASSERT_TRUE(forest.ok()) << forest.status().to_string();
  EXPECT_GT(forest->score(std::vector<float>{10.0f, 80.0f}), forest->score(std::vector<float>{90.0f, 20.0f}));
  const auto again = lambda_mart(groups, {.trees = 20, .depth = 3});
  ASSERT_TRUE(again.ok());
  for (std::size_t row = 0; row < groups.relevance.size(); ++row) {
    const auto x = std::span<const float>(groups.features).subspan(row * 2, 2);
    EXPECT_EQ(forest->score(x), again->score(x));
  }
  EXPECT_FALSE(lambda_mart({}, {}).ok());
}

TEST(Ranker, OrdersCandidatesAndLooksAtThePastAlone) {
  if (!can_boost()) GTEST_SKIP() << "this build has no XGBoost";
  Collection collection = testing::shop();
  for (std::size_t item = 0; item < collection.items.size(); ++item) {
    if (item % 5 != 0) collection.prices[item] = static_cast<double>(item % 7);
    if (item % 3 != 0) collection.authors[item] = static_cast<std::uint32_t>(item % 4);
  }
  const Tools tools = tools_of(collection);
  const std::int64_t end_ns = testing::kBeginNs + 90 * kDayNs;
  const BehaviourLog past = collection.log.cut_at(end_ns);
  engine::ExecutionContext context(1);
  Ranker ranker(kSettings, tools);
  const Status fit =
      ranker.fit({.log = past, .weights = {}, .relevant = BehaviourKind::kClick, .seed = 1, .context = context});
  ASSERT_TRUE(fit.ok()) << fit.to_string();

  const auto questions = questions_of(collection.log, end_ns, INT64_MAX, {});
  ASSERT_FALSE(questions.empty());
  EXPECT_FALSE(find_leak(collection, ranker, questions, 8, 1).has_value());

  const Question& question = questions[0];
  const Moment moment{.log = collection.log,
                      .time_ns = question.time_ns,
                      .history = collection.log.of_user_before(question.user, question.time_ns)};
  const auto ranked = ranker.rank(moment);
  ASSERT_FALSE(ranked.empty());
  std::vector<float> scores(collection.items.size());
  ranker.score(moment, scores);
  float least = ranked[0].score;
  std::vector<std::uint8_t> is_candidate(scores.size(), 0);
  for (std::size_t i = 0; i < ranked.size(); ++i) {
    EXPECT_EQ(ranked[i].score, scores[ranked[i].item]);
    EXPECT_EQ(ranked[i].features.size(), ranker.feature_names().size());
    if (i > 0) {
      EXPECT_GE(ranked[i - 1].score, ranked[i].score);
    }
    least = std::min(least, ranked[i].score);
    is_candidate[ranked[i].item] = 1;
  }
  for (const Behaviour& event : moment.history) EXPECT_EQ(is_candidate[event.item], 0) << "touched already";
  for (std::size_t item = 0; item < scores.size(); ++item) {
    if (is_candidate[item] == 0) {
      EXPECT_LT(scores[item], least);
    }
  }
}

TEST(Ranker, LearnsThatUsersTakeWhatCostsAsMuchAsBefore) {
  if (!can_boost()) GTEST_SKIP() << "this build has no XGBoost";
  // Items come twenty at a time, without texts, the even ones dear; each is taken once, by a user who takes what costs
  // as much.  The last two nobody has touched: nothing but their price tells them apart.
  constexpr std::size_t kItems = 480, kUsers = 80, kAtATime = 20;
  const auto time_of = [](std::size_t number) {
    return testing::kBeginNs + static_cast<std::int64_t>(number) * kDayNs / 8;
  };
  Stored stored;
  for (std::size_t n = 0; n < kItems + 2; ++n) {
    stored.items.push_back(testing::item("i" + std::to_string(100 + n), "I"));
    stored.items.back().created_ns = time_of(n / kAtATime * kAtATime) - 1;
    stored.items.back().price = n % 2 == 0 ? 500.0 : 5.0;
    if (n < kItems)
      stored.events.push_back(
          testing::event("u" + std::to_string(100 + n % kUsers), stored.items.back().id, time_of(n)));
  }
  const Collection collection = collect(stored);
  const Tools tools{.created_ns = collection.created_ns, .tags = collection.tags, .prices = collection.prices};
  engine::ExecutionContext context(1);
  Ranker ranker(kSettings, tools);
  ASSERT_TRUE(
      ranker
          .fit({.log = collection.log, .weights = {}, .relevant = BehaviourKind::kClick, .seed = 1, .context = context})
          .ok());
  const std::vector<std::uint32_t> untouched = {kItems, kItems + 1};
  for (const std::uint32_t user : {0U, 1U}) {
    const Moment moment{.log = collection.log, .time_ns = time_of(kItems + 1), .history = collection.log.of_user(user)};
    EXPECT_EQ(ranker.rank_these(moment, untouched)[0].item, kItems + user) << "even users take what is dear";
  }
}

TEST(Ranker, TreesBeginFromWhatTheSourcesSay) {
  if (!can_boost()) GTEST_SKIP() << "this build has no XGBoost";
  const Collection shop = testing::shop();
  const Tools tools = tools_of(shop);
  engine::ExecutionContext context(1);
  const FitData data{.log = shop.log, .weights = {}, .relevant = BehaviourKind::kClick, .context = context};
  Settings little = kSettings;
  little["trees"] = 1;
  little["lr"] = 1e-6;  // trees that have learned next to nothing change next to nothing
  Ranker learned(little, tools), plain(little, tools);
  ASSERT_TRUE(learned.fit(data).ok());
  ASSERT_TRUE(plain.fit_sources(data).ok());
  ASSERT_TRUE(learned.has_trees());
  const std::int64_t now_ns = shop.log.events().back().time_ns + 1;
  std::size_t compared = 0;
  for (std::uint32_t user = 0; user < 5; ++user) {
    const Moment moment{.log = shop.log, .time_ns = now_ns, .history = shop.log.of_user_before(user, now_ns)};
    const auto by_trees = learned.rank(moment), by_sources = plain.rank(moment);
    ASSERT_EQ(by_trees.size(), by_sources.size());
    for (std::size_t i = 0; i < by_trees.size(); ++i, ++compared)
      EXPECT_NEAR(by_trees[i].score, by_sources[i].score, 1e-4f) << "user " << user << ", place " << i;
  }
  EXPECT_GT(compared, 50u);
}

TEST(Ranker, SourcesMayBeFittedAgainUnderTheTreesOfBefore) {
  if (!can_boost()) GTEST_SKIP() << "this build has no XGBoost";
  const Collection collection = testing::shop();
  const Tools tools{.texts = collection.texts, .created_ns = collection.created_ns, .tags = collection.tags};
  engine::ExecutionContext context(1);
  const FitData data{
      .log = collection.log, .weights = {}, .relevant = BehaviourKind::kClick, .seed = 1, .context = context};
  Ranker whole(kSettings, tools), quick(kSettings, tools);
  ASSERT_TRUE(whole.fit(data).ok());
  ASSERT_TRUE(quick.fit_sources(data).ok());
  EXPECT_FALSE(quick.has_trees());
  ASSERT_TRUE(quick.take_trees(whole));
  const Moment moment{
      .log = collection.log, .time_ns = testing::kBeginNs + 101 * kDayNs, .history = collection.log.of_user(3)};
  std::vector<float> a(collection.items.size()), b(a);
  whole.score(moment, a);
  quick.score(moment, b);
  EXPECT_EQ(a, b);
  const Tools without_texts;
  Ranker other(kSettings, without_texts);
  EXPECT_FALSE(other.take_trees(whole)) << "other features";
}

TEST(Ranker, RefusesSettingsThatAreNoCounts) {
  const Collection collection = testing::shop();
  const Tools tools{.texts = collection.texts, .created_ns = collection.created_ns, .tags = collection.tags};
  engine::ExecutionContext context(1);
  const FitData data{
      .log = collection.log, .weights = {}, .relevant = BehaviourKind::kClick, .seed = 1, .context = context};
  for (const char* name : {"questions_min", "lists_min", "trees", "depth"}) {
    for (const double value : {-1.0, std::numeric_limits<double>::quiet_NaN()}) {
      Settings settings = kSettings;
      settings[name] = value;
      const Status status = Ranker(settings, tools).fit(data);
      EXPECT_EQ(status.code(), Code::kInvalidArgument) << name << " " << value;
      EXPECT_EQ(status.field(), name);
    }
  }
  // Larger than anything is counted to: there are not so many questions.
  for (const double value : {1e300, std::numeric_limits<double>::infinity()}) {
    Settings settings = kSettings;
    settings["questions_min"] = value;
    EXPECT_EQ(Ranker(settings, tools).fit(data).code(), Code::kTooLarge);
  }
}

TEST(Ranker, ListsAreLearnedFromWhereNoQuestionIs) {
  if (!can_boost()) GTEST_SKIP() << "this build has no XGBoost";
  const Collection collection = testing::shop();
  const Tools tools{.texts = collection.texts, .created_ns = collection.created_ns, .tags = collection.tags};
  engine::ExecutionContext context(1);
  FitData data{.log = collection.log, .weights = {}, .relevant = BehaviourKind::kClick, .seed = 1, .context = context};
  // Every click stood in a list of three: nothing is left to ask.
  data.lists = [&](const std::vector<std::string>& names) {
    std::vector<LoggedList> lists;
    for (const Behaviour& click : collection.log.events()) {
      LoggedList list{.user = click.user, .time_ns = click.time_ns - 1, .rows = {}};
      for (std::uint32_t place = 1; place <= 3; ++place) {
        const bool clicked = place == click.item % 3 + 1;
        list.rows.push_back({.item = clicked ? click.item : (click.item + 20 * place) % 48,
                             .position = place,
                             .features = std::vector<float>(names.size(), 0.0f)});
        list.rows.back().features[0] = clicked ? 1.0f : 0.0f;
      }
      lists.push_back(std::move(list));
    }
    return lists;
  };
  Settings settings = kSettings;
  settings["questions_min"] = settings["lists_min"] = 0;
  Ranker taught(settings, tools);
  ASSERT_TRUE(taught.fit(data).ok());
  EXPECT_EQ(taught.lessons().questions, 0U);
  EXPECT_GT(taught.lessons().lists, 100U);
  EXPECT_NE(taught.lessons().text().find("given lists with a click, by position"), std::string::npos);
  EXPECT_TRUE(taught.has_trees()) << "lists without weight teach nothing";
}

TEST(Ranker, SaysWhatItCannotLearnFrom) {
  if (!can_boost()) GTEST_SKIP() << "this build has no XGBoost";
  const BehaviourLog log({{.user = 0, .item = 0, .time_ns = 1, .kind = BehaviourKind::kClick}}, 1, 2);
  engine::ExecutionContext context(1);
  const Tools tools;
  Ranker ranker(kSettings, tools);
  EXPECT_EQ(
      ranker.fit({.log = log, .weights = {}, .relevant = BehaviourKind::kClick, .seed = 1, .context = context}).code(),
      Code::kTooLarge);
}

}  // namespace
}  // namespace yupu::recommend
