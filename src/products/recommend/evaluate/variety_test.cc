#include "products/recommend/evaluate/variety.h"

#include <algorithm>
#include <cmath>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "products/recommend/evaluate/evaluation.h"
#include "products/recommend/testing.h"

namespace yupu::recommend {
namespace {

// Scores that were written down.
class Fixed final : public Method {
 public:
  explicit Fixed(std::vector<float> scores) : written_(std::move(scores)) {}
  Status fit(const FitData&) override { return ok_status(); }
  void score(const Moment&, std::span<float> scores) const override { std::ranges::copy(written_, scores.begin()); }

 private:
  std::vector<float> written_;
};

Collection tea_and_bread() {
  Stored stored;
  for (const char* id : {"a", "b", "c"}) stored.items.push_back(testing::item(id, id));
  stored.items[0].tags = stored.items[1].tags = {"tea"};
  stored.items[2].tags = {"bread"};
  stored.events = {testing::event("u", "c", testing::kBeginNs), testing::event("v", "a", testing::kBeginNs)};
  return collect(stored);
}

TEST(Variety, ByHand) {
  // Ten of tea, then two of bread.  By score the list is tea alone; for variety's sake both of bread are in it, at the
  // end, as the score would have them: (8 * 7 / 2 + 1) of 45 pairs are of one tag, and what is wanted stands ninth.
  Stored stored;
  std::vector<float> scores;
  for (int i = 0; i < 12; ++i) {
    const std::string id(1, static_cast<char>('a' + i));
    stored.items.push_back(testing::item(id, id));
    stored.items.back().tags = {i < 10 ? "tea" : "bread"};
    scores.push_back(static_cast<float>(12 - i));
  }
  stored.events = {testing::event("v", "a", testing::kBeginNs)};
  const Collection collection = collect(stored);
  const Question question{.user = 0, .time_ns = testing::kBeginNs, .wanted = {10}};
  const ListRules rules{.relevance = 0.8, .tag_share = 1.0};
  VarietyTally tally(collection, tools_of(collection), rules);
  tally.add(Asker(collection, Fixed(scores), nullptr).ask(question));
  const VarietyFigures figures = tally.figures(1, 10);
  EXPECT_NEAR(figures.likeness.value, 1.0, 1e-12);
  EXPECT_NEAR(figures.varied_likeness.value, 29.0 / 45.0, 1e-12);
  EXPECT_DOUBLE_EQ(figures.ndcg.value, 0.0);
  EXPECT_DOUBLE_EQ(figures.varied_ndcg.value, 1.0 / std::log2(10.0));
  EXPECT_DOUBLE_EQ(figures.ndcg_lost.value, -figures.varied_ndcg.value);
}

TEST(Variety, AVectorSaysMoreThanATag) {
  const Collection collection = tea_and_bread();
  const std::vector<float> values = {1, 0, 0.6f, 0.8f, 1, 0};
  const ItemVectors vectors{.values = values, .width = 2};
  Tools tools = tools_of(collection);
  tools.tower_vectors = &vectors;
  const ListRules rules;
  VarietyTally tally(collection, tools, rules);
  const Question question{.user = 0, .time_ns = testing::kBeginNs, .wanted = {2}};
  tally.add(Asker(collection, Fixed({3.0f, 2.0f, 1.9f}), nullptr).ask(question));
  // About their mean (0.87, 0.27) a and c point one way and b the other: one pair of three is alike.
  EXPECT_NEAR(tally.figures(1, 0).likeness.value, 1.0 / 3.0, 1e-6);
}

TEST(Variety, IsInTheReportOfEveryMethod) {
  Collection shop = testing::shop();
  for (std::size_t item = 0; item < shop.items.size(); ++item)
    shop.tags[item] = {static_cast<std::uint32_t>(shop.items[item][1] - '0')};  // its topic
  engine::ExecutionContext context(1);
  EvaluationOptions options;
  options.only = {"popularity", "ease"};
  options.resamples = 10;
  const auto report_by = [&](ListRules rules) {
    options.rules = rules;
    auto report = evaluate(shop, tools_of(shop), context, options, [](const std::string&) {});
    EXPECT_TRUE(report.ok()) << report.status().to_string();
    return *report;
  };
  const EvaluationReport shipped = report_by({});
  const EvaluationReport as_ordered = report_by({.relevance = 1.0, .tag_share = 1.0});
  for (std::size_t i = 0; i < 2; ++i) {
    const VarietyFigures& varied = shipped.methods[i].variety;
    EXPECT_LT(varied.varied_likeness.value, varied.likeness.value);
    const VarietyFigures& same = as_ordered.methods[i].variety;
    EXPECT_EQ(same.varied_likeness.value, same.likeness.value);
    EXPECT_EQ(same.ndcg_lost.value, 0.0);
  }
  EXPECT_NEAR(as_ordered.methods[1].variety.ndcg.value, as_ordered.methods[1].slices[0].ndcg.value, 1e-9)
      << "where no two scores are equal";
  EXPECT_THAT(shipped.to_text(), ::testing::HasSubstr("variety: first tens as ordered"));
  EXPECT_TRUE(shipped.to_json()["methods"][1]["variety"].contains("ndcg_lost"));
}

}  // namespace
}  // namespace yupu::recommend
