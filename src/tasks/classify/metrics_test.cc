#include "tasks/classify/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yupu::tasks {
namespace {

std::vector<Judged> rows_of(std::string_view truth, std::string_view predicted) {
  std::vector<Judged> rows;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    rows.push_back({.truth = std::string(1, truth[i]),
                    .predicted = std::string(1, predicted[i]),
                    .score = 0.5,
                    .slice = i % 2 ? "en" : "zh"});
  }
  return rows;
}

// Printed by scikit-learn's classification_report(digits=4, zero_division=0), the micro avg line added.
TEST(Metrics, PrintsWhatScikitLearnPrints) {
  const Report report = classification_report(rows_of("bbacccabd", "baacbcabc"));
  EXPECT_EQ(report.to_text(4),
            "              precision    recall  f1-score   support\n"
            "\n"
            "           a     0.6667    1.0000    0.8000         2\n"
            "           b     0.6667    0.6667    0.6667         3\n"
            "           c     0.6667    0.6667    0.6667         3\n"
            "           d     0.0000    0.0000    0.0000         1\n"
            "\n"
            "    accuracy                         0.6667         9\n"
            "   micro avg     0.6667    0.6667    0.6667         9\n"
            "   macro avg     0.5000    0.5833    0.5333         9\n"
            "weighted avg     0.5926    0.6667    0.6222         9\n");
  EXPECT_EQ(report.to_json()["labels"]["a"]["f1-score"].get<double>(), 0.8);
  EXPECT_EQ(report.to_json()["weighted avg"]["support"].get<int>(), 9);
}

TEST(Metrics, SlicesAndConfusionsAreCounted) {
  const Report report = classification_report(rows_of("bbacccabd", "baacbcabc"));
  ASSERT_EQ(report.slices.size(), 2u);
  EXPECT_EQ(report.slices.at("zh").support, 5);
  EXPECT_DOUBLE_EQ(report.slices.at("en").accuracy, 3.0 / 4.0);
  ASSERT_EQ(report.confusions.size(), 3u);
  EXPECT_EQ(report.confusions[0].truth, "b");
  EXPECT_EQ(report.confusions[0].predicted, "a");
  EXPECT_EQ(report.confusions[2].truth, "d");
}

TEST(Metrics, WideLabelsStayAligned) {
  const Report report =
      classification_report(std::vector<Judged>{{.truth = "退货", .predicted = "退货", .score = 1.0, .slice = ""}});
  EXPECT_THAT(report.to_text(2), ::testing::HasSubstr("\n        退货       1.00"));
}

TEST(Metrics, CalibrationErrorUsesFifteenBinsOpenBelow) {
  // 0.2 = 3/15 belongs to the third bin with 0.15; alone in theirs: |0 - 0.9| and |1 - 0.5|.
  const std::vector<Judged> rows = {{.truth = "a", .predicted = "a", .score = 0.2, .slice = ""},
                                    {.truth = "a", .predicted = "b", .score = 0.15, .slice = ""},
                                    {.truth = "a", .predicted = "b", .score = 0.9, .slice = ""},
                                    {.truth = "a", .predicted = "a", .score = 0.5, .slice = ""}};
  EXPECT_NEAR(expected_calibration_error(rows), (0.65 + 0.9 + 0.5) / 4.0, 1e-12);
  EXPECT_EQ(expected_calibration_error({}), 0.0);
}

TEST(Metrics, NoRowsGiveZeros) {
  const Report report = classification_report({});
  EXPECT_EQ(report.accuracy, 0.0);
  EXPECT_EQ(report.row_count, 0);
}

}  // namespace
}  // namespace yupu::tasks
