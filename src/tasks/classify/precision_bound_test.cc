#include "tasks/classify/precision_bound.h"

#include <vector>

#include <gtest/gtest.h>

namespace yupu::tasks {
namespace {

// A row of two labels whose first is ahead by `gap`.
LabelledLogits row(float gap, std::optional<std::int32_t> label) { return {.logits = {gap, 0.0f}, .label = label}; }

TEST(PrecisionBound, IsClopperAndPearsonsOfWhatIsAnswered) {
  std::vector<LabelledLogits> rows;
  for (int i = 0; i < 40; ++i) rows.push_back(row(5.0f + 0.1f * static_cast<float>(i), i == 7 ? 1 : 0));
  for (int i = 0; i < 4; ++i) rows.push_back(row(7.05f, std::nullopt));
  const Calibration seen = fit_calibration(rows, {.target_precision = 0.5});
  EXPECT_DOUBLE_EQ(precision_bound(seen, {}), 1.0 - binomial_upper_bound(5, 44, 0.05));
  // At a share told: 40 of 40 in scope answered, one of them wrongly, and 4 of 4 out of scope.
  const Calibration fifth = fit_calibration(rows, {.target_precision = 0.5, .out_of_scope_share = 0.2});
  const AnswerCounts counts{.in_scope = 40, .out_of_scope = 4, .answered = 40, .wrong = 1, .answered_out = 4};
  EXPECT_DOUBLE_EQ(precision_bound(fifth, 0.2), 1.0 - wrong_share_bound(counts, 0.2, 0.05));
  EXPECT_LT(precision_bound(fifth, 0.2), fifth.answered_precision);
  // Ten times the rows say more.
  std::vector<LabelledLogits> many;
  for (int i = 0; i < 10; ++i) many.insert(many.end(), rows.begin(), rows.end());
  EXPECT_GT(precision_bound(fit_calibration(many, {.target_precision = 0.5}), {}), precision_bound(seen, {}));
  EXPECT_EQ(wrong_share_bound({}, {}, 0.05), 1.0);
}

}  // namespace
}  // namespace yupu::tasks
