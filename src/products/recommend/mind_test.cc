#include "products/recommend/mind.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rng.h"
#include "base/utc.h"
#include "products/recommend/evaluate/evaluation.h"
#include "products/recommend/evaluate/marked_lists.h"

namespace yupu::recommend {
namespace {

using ::testing::HasSubstr;

constexpr char kNews[] =
    "N1\tsports\tfootball\tA cup is won\tAfter extra time.\thttp://x\t[]\t[]\n"
    "N2\tfood\tbread\tBake at home\t\thttp://x\t[]\t[]\r\n"
    "N3\tsports\ttennis\tA final\tIn five sets.\thttp://x\t[]\t[]\n";
constexpr char kBehaviors[] =
    "1\tU1\t11/11/2019 9:05:58 AM\tN1 N2\tN3-1 N2-0\n"
    "2\tU1\t11/12/2019 12:00:00 PM\tN1 N2 N3\tN1-0 N2-1\n"
    "3\tU2\t11/12/2019 12:00:30 AM\t\tN1-1 N2-0 N9-0\n";

TEST(Mind, ReadsNewsHistoryAndMarks) {
  const auto mind = mind_of(kNews, kBehaviors, "dir");
  ASSERT_TRUE(mind.ok()) << mind.status().to_string();
  ASSERT_EQ(mind->items.size(), 3u);
  EXPECT_EQ(mind->items[0].tags, (std::vector<std::string>{"sports", "football"}));
  EXPECT_EQ(mind->items[1].title, "Bake at home");
  EXPECT_EQ(mind->items[1].description, "");
  ASSERT_EQ(mind->lists.size(), 3u);
  EXPECT_EQ(mind->lists[0].time_ns, parse_utc("2019-11-11T09:05:58Z"));
  EXPECT_EQ(mind->lists[1].time_ns, parse_utc("2019-11-12T12:00:00Z"));
  EXPECT_EQ(mind->lists[2].time_ns, parse_utc("2019-11-12T00:00:30Z"));
  EXPECT_EQ(mind->lists[0].clicked, (std::vector<std::uint8_t>{1, 0}));
  // U1's history is that of their first list; then the clicks.
  ASSERT_EQ(mind->events.size(), 5u);
  for (const Event& event : mind->events) {
    if (event.user == "U1" && event.item == "N1") {
      EXPECT_EQ(event.time_ns, mind->lists[0].time_ns - 120'000'000'000);
    }
    if (event.user == "U2") {
      EXPECT_EQ(event.item, "N1");
    }
  }
}

TEST(Mind, SaysWhichLineAndFieldIsWrong) {
  const auto refused = [](const std::string& news, const std::string& behaviors) {
    return mind_of(news, behaviors, "dir").status();
  };
  const std::string behaviors = kBehaviors;
  EXPECT_THAT(refused(kNews, behaviors + "4\tU3\t13/40/2019 9:05:58 AM\t\tN1-1\n").message(),
              HasSubstr("dir/behaviors.tsv: line 4: field 'time'"));
  EXPECT_THAT(refused(kNews, behaviors + "4\tU3\t11/11/2019 9:05:58 AM\t\tN1 N2\n").message(),
              HasSubstr("line 4: field 'impressions': 'N1'"));
  EXPECT_THAT(refused(kNews, behaviors + "4\tU3\t11/11/2019 9:05:58 AM\tN1\n").message(), HasSubstr("4 columns"));
  EXPECT_THAT(refused(kNews, behaviors + "4\t\t11/11/2019 9:05:58 AM\t\tN1-1\n").message(), HasSubstr("field 'user'"));
  EXPECT_THAT(refused("N1\tsports\tfootball\t\tText\n", kBehaviors).message(),
              HasSubstr("dir/news.tsv: line 1: field 'title'"));
}

TEST(MarkedLists, FiguresByHand) {
  // Order by score: 0 (not), 2 (clicked), 1 (not), 3 (clicked).
  const std::vector<float> scores = {4, 2, 3, 1};
  const std::vector<std::uint8_t> clicked = {0, 0, 1, 1};
  const MarkedFigures figures = marked_figures(scores, clicked);
  EXPECT_NEAR(figures.auc, 0.25, 1e-12);
  EXPECT_NEAR(figures.mrr, (1.0 / 2 + 1.0 / 4) / 2, 1e-12);
  const double ideal = 1.0 + 1.0 / std::log2(3.0);
  EXPECT_NEAR(figures.ndcg_5, (1.0 / std::log2(3.0) + 1.0 / std::log2(5.0)) / ideal, 1e-12);
  // A score that says nothing earns nothing but half of the pairs.
  const MarkedFigures flat = marked_figures(std::vector<float>{0, 0, 0}, std::vector<std::uint8_t>{1, 0, 0});
  EXPECT_EQ(flat.auc, 0.5);
  EXPECT_NEAR(flat.mrr, 1.0 / 3, 1e-12);
}

// One clicked of n at random: MRR is H_n / n, nDCG@k the mean of 1 / log2(1 + rank) over the first k of n.
TEST(MarkedLists, RandomScoresGiveTheFloorThatCanBeReckoned) {
  constexpr std::size_t kShown = 20;
  std::vector<NumberedList> lists;
  for (std::uint32_t i = 0; i < 20'000; ++i) {
    NumberedList list{.user = i % 500, .time_ns = i, .items = {}, .clicked = std::vector<std::uint8_t>(kShown, 0)};
    for (std::uint32_t item = 0; item < kShown; ++item) list.items.push_back(item);
    list.clicked[i % kShown] = 1;
    lists.push_back(list);
  }
  double mrr = 0.0, ndcg_5 = 0.0, ndcg_10 = 0.0;
  for (std::size_t rank = 1; rank <= kShown; ++rank) {
    const double gain = 1.0 / std::log2(static_cast<double>(rank) + 1.0) / kShown;
    mrr += 1.0 / static_cast<double>(rank) / kShown;
    if (rank <= 5) ndcg_5 += gain;
    if (rank <= 10) ndcg_10 += gain;
  }
  const MarkedReport report = judge_random(lists, 0, 1, 100);
  EXPECT_EQ(report.lists, 20'000);
  EXPECT_EQ(report.users, 500u);
  EXPECT_NEAR(report.auc.value, 0.5, 0.01);
  EXPECT_NEAR(report.mrr.value, mrr, 0.006);
  EXPECT_NEAR(report.ndcg_5.value, ndcg_5, 0.006);
  EXPECT_NEAR(report.ndcg_10.value, ndcg_10, 0.006);
  EXPECT_LT(report.auc.low, report.auc.value);
  EXPECT_EQ(judge_random(lists, 19'999, 1, 10).lists, 1);
}

// Readers of one category each are shown one item of it among others; what they read before tells which.
TEST(MarkedLists, EvaluationJudgesThemBesideItsQuestions) {
  Rng rng(1);
  std::string news, behaviors;
  for (int n = 0; n < 40; ++n)
    news += "N" + std::to_string(n) + "\tc" + std::to_string(n % 2) + "\t\tTitle c" + std::to_string(n % 2) + "\t\tu\n";
  for (int user = 0; user < 60; ++user) {
    const int taste = user % 2;
    std::string history;
    const auto pick = [&](int category) { return 2 * static_cast<int>(rng.below(20)) + category; };
    for (int i = 0; i < 4; ++i) history += "N" + std::to_string(pick(taste)) + " ";
    for (int day = 1; day <= 9; ++day) {
      behaviors += "1\tU" + std::to_string(user) + "\t11/" + std::to_string(day) + "/2019 9:0" +
                   std::to_string(user % 10) + ":00 AM\t" + history + "\t";
      behaviors += "N" + std::to_string(pick(taste)) + "-1 N" + std::to_string(pick(1 - taste)) + "-0 N" +
                   std::to_string(pick(1 - taste)) + "-0\n";
    }
  }
  const auto mind = mind_of(news, behaviors, "dir");
  ASSERT_TRUE(mind.ok()) << mind.status().to_string();
  const Collection collection = collect({.items = mind->items, .events = mind->events});
  const auto lists = numbered(collection, mind->lists);
  engine::ExecutionContext context(1);
  const Tools tools{.texts = collection.texts, .created_ns = collection.created_ns, .tags = collection.tags};
  EvaluationOptions options;
  options.only = {"popularity", "item-knn"};
  options.resamples = 50;
  options.lists = lists;
  const auto report = evaluate(collection, tools, context, options, [](const std::string&) {});
  ASSERT_TRUE(report.ok()) << report.status().to_string();
  ASSERT_TRUE(report->random_lists.has_value());
  EXPECT_GT(report->random_lists->lists, 20);
  EXPECT_NEAR(report->random_lists->auc.value, 0.5, 0.2);
  EXPECT_GT(report->methods[1].lists->auc.value, 0.8) << "what readers of the same taste clicked";
  EXPECT_THAT(report->to_text(), HasSubstr("AUC"));
  EXPECT_TRUE(report->to_json()["methods"][1].contains("lists"));
}

}  // namespace
}  // namespace yupu::recommend
