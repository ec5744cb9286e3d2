#include "products/recommend/evaluate/evaluation.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "products/recommend/evaluate/asking.h"
#include "products/recommend/testing.h"

namespace yupu::recommend {
namespace {

using ::testing::HasSubstr;

EvaluationReport evaluated(const Collection& collection, EvaluationOptions options = {}, int threads = 1) {
  engine::ExecutionContext context(threads);
  options.resamples = 100;
  const Tools tools{.texts = collection.texts};
  const auto report = evaluate(collection, tools, context, options, [](const std::string&) {});
  EXPECT_TRUE(report.ok()) << report.status().to_string();
  return *report;
}

const MethodReport& of(const EvaluationReport& report, std::string_view name) {
  return *std::find_if(report.methods.begin(), report.methods.end(), [&](const auto& m) { return m.name == name; });
}

const SliceFigures& slice(const MethodReport& method, Slice which) {
  return method.slices[static_cast<std::size_t>(which)];
}

TEST(Evaluation, TasteIsFoundAndTextsFindWhatNobodyTouched) {
  const EvaluationReport report = evaluated(testing::shop());
  const MethodReport& popular = of(report, "popularity");
  for (const char* name : {"item-knn", "ease"}) {
    EXPECT_GT(slice(of(report, name), Slice::kWarm).recall.value, slice(popular, Slice::kWarm).recall.value) << name;
  }
  EXPECT_GT(slice(popular, Slice::kColdItem).questions, 5);
  EXPECT_EQ(slice(of(report, "item-knn"), Slice::kColdItem).ndcg.value, 0.0);
  EXPECT_GT(slice(of(report, "words"), Slice::kColdItem).recall.value, 0.5);
  EXPECT_EQ(of(report, "text").skipped, "no model was given");
  EXPECT_FALSE(report.leaks());
  EXPECT_EQ(of(report, report.best_baseline).above_best_baseline.value, 0.0);
  const auto& all = slice(popular, Slice::kAll);
  EXPECT_EQ(all.questions, report.test_questions);
  EXPECT_LE(all.ndcg.low, all.ndcg.value);
  EXPECT_GE(all.ndcg.high, all.ndcg.value);
}

TEST(Evaluation, TheSameSeedGivesTheSameReportOnAnyNumberOfThreads) {
  const Collection shop = testing::shop();
  const EvaluationReport report = evaluated(shop);
  EXPECT_EQ(report.to_json().dump(), evaluated(shop, {}, 3).to_json().dump());
  EvaluationOptions other;
  other.seed = 2;
  EXPECT_NE(report.to_json().dump(), evaluated(shop, other).to_json().dump());
}

TEST(Evaluation, TheReportSaysWhatItIsAbout) {
  EvaluationOptions options;
  options.protocol = Protocol::kList;
  options.only = {"popularity", "ease"};
  const EvaluationReport report = evaluated(testing::shop(), options);
  ASSERT_EQ(report.methods.size(), 2u);
  const std::string text = report.to_text();
  for (const char* part : {"40 users, 48 items (0 without a text), 360 events", "protocol list", "cold_item", "nDCG@10",
                           "recall@20", "coverage", "no method looks into the future", "lambda"})
    EXPECT_THAT(text, HasSubstr(part));
  const OrderedJson json = report.to_json();
  EXPECT_EQ(json["methods"][1]["name"], "ease");
  EXPECT_EQ(json["methods"][1]["trials"], kTrialsMax);
  EXPECT_TRUE(json["methods"][0]["slices"]["cold_item"]["ndcg@10"].contains("low"));
}

TEST(Evaluation, WhatCannotBeEvaluatedIsNamed) {
  engine::ExecutionContext context(1);
  const Collection shop = testing::shop();
  const auto refused = [&](const EvaluationOptions& options) {
    const Tools tools{.texts = shop.texts};
    return evaluate(shop, tools, context, options, [](const std::string&) {}).status();
  };
  EvaluationOptions magic;
  magic.only = {"magic"};
  EXPECT_EQ(refused(magic).field(), "method");
  EvaluationOptions bought;
  bought.relevant = tasks::BehaviourKind::kBuy;
  EXPECT_THAT(refused(bought).message(), HasSubstr("'buy' or stronger in the validation"));
  EvaluationOptions late;
  late.split.test_ns = testing::kBeginNs + 1000 * testing::kDayNs;
  EXPECT_EQ(refused(late).field(), "split-time");
}

// Scores by how often an item is touched in the whole record, future and answer included: a planted leak.
class Clairvoyant final : public Method {
 public:
  Status fit(const FitData&) override { return ok_status(); }
  void score(const Moment& moment, std::span<float> scores) const override {
    std::fill(scores.begin(), scores.end(), 0.0f);
    for (const tasks::Behaviour& event : moment.log.events()) scores[event.item] += 1.0f;
  }
};

TEST(LeakCheck, AMethodThatKnowsTheFutureIsCaught) {
  const Collection shop = testing::shop();
  const auto split = split_by_time(shop.log, {});
  const auto questions = questions_of(shop.log, split->test_ns, INT64_MAX, {});
  const auto leak = find_leak(shop, Clairvoyant(), questions, 16, 1);
  ASSERT_TRUE(leak.has_value());
  EXPECT_GT(leak->with_future, leak->without);
  const auto honest = find_method("popularity")->make({{"window_days", 0}}, {});
  EXPECT_FALSE(find_leak(shop, *honest, questions, 16, 1).has_value());
}

TEST(Asker, CandidatesAreWhatTheUserCouldHaveHad) {
  Stored stored;
  for (const char* id : {"a", "b", "c", "d"}) stored.items.push_back(testing::item(id, id));
  stored.items[2].created_ns = testing::kBeginNs + 50;  // c comes later
  stored.events = {testing::event("u", "a", testing::kBeginNs), testing::event("u", "b", testing::kBeginNs + 10),
                   testing::event("v", "c", testing::kBeginNs + 60)};
  const Collection collection = collect(stored);
  const auto popularity = find_method("popularity")->make({{"window_days", 0}}, {});
  Asker asker(collection, *popularity, nullptr);
  const auto questions = questions_of(collection.log, testing::kBeginNs + 1, INT64_MAX, {});
  ASSERT_EQ(questions.size(), 2u);
  const Answer first = asker.ask(questions[0]);
  EXPECT_EQ(std::vector<int>(first.candidate.begin(), first.candidate.end()), (std::vector<int>{0, 1, 0, 1}));
  // Nobody has touched b or d: equal, so what is not wanted stands first.
  EXPECT_EQ(first.placings([](std::uint32_t) { return true; }).at(0).ahead, 1);
  const Answer second = asker.ask(questions[1]);
  EXPECT_EQ(std::vector<int>(second.candidate.begin(), second.candidate.end()), (std::vector<int>{1, 1, 1, 1}));
  EXPECT_EQ(second.first(2), (std::vector<std::uint32_t>{0, 1}));
}

}  // namespace
}  // namespace yupu::recommend
