#include "tasks/classify/evaluation_page.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yupu::tasks {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Evaluation evaluation_of(std::vector<Judged> judged) {
  Evaluation evaluation;
  evaluation.report = classification_report(judged);
  evaluation.judged = std::move(judged);
  evaluation.decisions = {.answered = 3, .clarified = 1, .refused = 0, .answered_right = 3};
  return evaluation;
}

std::size_t count_of(const std::string& text, std::string_view what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

TEST(EvaluationPage, HasEveryPartInBothLanguagesAndFetchesNothing) {
  Evaluation evaluation = evaluation_of({{"a<b>", "a<b>", 0.9, "zh"},
                                         {"a<b>", "退款", 0.6, "zh"},
                                         {"退款", "退款", 0.8, "en"},
                                         {"退款", "退款", 0.95, "en"}});
  evaluation.scope = {{ScopeScore::kEnergy, {.auroc = 0.875, .out_recall = 0.75}}};
  evaluation.promise = Promise{.max_wrong = 0.02, .bound = 0.025, .kept = false, .reason = "too <few> rows"};
  const Json lineage = {
      {"learning_curve",
       {{{"epoch", 1}, {"loss", 2.0}, {"valid", 0.5}}, {{"epoch", 2}, {"loss", 1.0}, {"valid", 0.75}}}}};
  const std::string html = evaluation_page(evaluation, {.model = "m&m", .data = "test.csv", .lineage = lineage},
                                           Branches{.encoder = {0.625, 0.5}, .wide = {0.5, 0.5}, .both = {0.75, 0.75}});
  for (const char* part :
       {"混淆矩阵", "可靠性图", "学习曲线", "分组表现", "Confusion matrix", "Reliability", "Learning curve", "Slices",
        "wide branch alone", "62.5%", "只用编码器", "75.0%", "FPR@95", "87.5%", "范围外", "too &lt;few&gt; rows",
        "m&amp;m", "a&lt;b&gt;", "prefers-color-scheme:dark"})
    EXPECT_THAT(html, HasSubstr(part));
  EXPECT_EQ(count_of(html, "<article"), 2u);
  EXPECT_EQ(count_of(html, "class=\"dot\""), 2 * 3u);  // three bins of confidence, twice
  EXPECT_EQ(count_of(html, "class=\"line loss\""), 2u);
  for (const char* outside : {"<script", "http://", "https://", "src=", "@import", "a<b>"})
    EXPECT_THAT(html, Not(HasSubstr(outside)));
}

TEST(EvaluationPage, PartsWithoutFiguresAreLeftOut) {
  const std::string html = evaluation_page(evaluation_of({{"a", "a", 0.9, ""}, {"b", "a", 0.9, ""}}),
                                           {.model = "m", .data = "d", .lineage = {}});
  EXPECT_THAT(html, Not(HasSubstr("学习曲线")));
  EXPECT_THAT(html, Not(HasSubstr("分组表现")));
  EXPECT_THAT(html, HasSubstr("混淆矩阵"));
}

TEST(EvaluationPage, OfManyLabelsTheWorstAreDrawn) {
  std::vector<Judged> judged;
  for (int i = 0; i < 60; ++i) {
    const std::string label = fmt::format("label{:02}", i);
    for (int row = 0; row < 3; ++row)
      judged.push_back({label, i >= 30 && row == 0 ? fmt::format("label{:02}", i - 1) : label, 0.7, ""});
  }
  const std::string html = evaluation_page(evaluation_of(judged), {.model = "m", .data = "d", .lineage = {}});
  EXPECT_THAT(html, HasSubstr("only those with the most mistakes"));
  EXPECT_EQ(count_of(html, "<rect class=\"cell"), 2 * 40 * 40u);
}

}  // namespace
}  // namespace yupu::tasks
