#include "tasks/classify/promise.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.h"

namespace yupu::tasks {
namespace {

TEST(Promise, BoundsAreClopperAndPearsons) {
  // By hand: nothing wrong among n is bounded by 1 - delta^(1/n).
  EXPECT_NEAR(binomial_upper_bound(0, 100, 0.05), 1.0 - std::pow(0.05, 0.01), 1e-12);
  // One of two: P(X <= 1) = 1 - p^2 = delta.
  EXPECT_NEAR(binomial_upper_bound(1, 2, 0.05), std::sqrt(0.95), 1e-12);
  // Summed exactly, with integers for the binomial coefficients.
  EXPECT_NEAR(binomial_upper_bound(10, 100, 0.05), 0.1637176233, 1e-9);
  EXPECT_NEAR(binomial_lower_bound(10, 100, 0.05), 0.0552632379, 1e-9);
  EXPECT_EQ(binomial_upper_bound(7, 7, 0.05), 1.0);
  EXPECT_EQ(binomial_lower_bound(0, 7, 0.05), 0.0);
  EXPECT_LT(binomial_upper_bound(1000, 100'000, 1e-4), 0.0113);  // no overflow, and close to the share
  EXPECT_GT(binomial_upper_bound(1000, 100'000, 1e-4), 0.01);
}

TEST(Promise, SoManyFaultlessRowsAreNeeded) {
  const std::int64_t rows = faultless_rows_needed(0.02, 0.05);
  EXPECT_LE(binomial_upper_bound(0, rows, 0.05), 0.02);
  EXPECT_GT(binomial_upper_bound(0, rows - 1, 0.05), 0.02);
}

// Right with a probability that is the score itself.
std::vector<PromiseRow> drawn(Rng& rng, int count) {
  std::vector<PromiseRow> rows;
  for (int i = 0; i < count; ++i) {
    const double score = 1.0 - 0.5 * std::pow(rng.uniform(), 3.0);
    rows.push_back({.score = score, .answerable = true, .right = rng.uniform() < score, .in_scope = true});
  }
  return rows;
}

double wrong_share(const std::vector<PromiseRow>& rows, double threshold) {
  double answered = 0.0;
  double wrong = 0.0;
  for (const PromiseRow& row : rows) {
    if (!row.answerable || row.score < threshold) continue;
    answered += 1.0;
    wrong += row.right && row.in_scope ? 0.0 : 1.0;
  }
  return wrong / std::max(1.0, answered);
}

TEST(Promise, IsKeptOnRowsThatWereNotSeen) {
  const Promise promise{.max_wrong = 0.05};
  Rng rng(11);
  const std::vector<PromiseRow> unseen = drawn(rng, 200'000);
  int broken = 0;
  double share = 0.0;
  constexpr int kDraws = 100;
  for (int draw = 0; draw < kDraws; ++draw) {
    const PromisedThreshold found = find_promised_threshold(drawn(rng, 1500), promise, 0.05);
    ASSERT_TRUE(found.kept);
    EXPECT_LE(found.bound, 0.05);
    broken += wrong_share(unseen, found.threshold) > 0.05 ? 1 : 0;
    share += found.answered_share / kDraws;
  }
  EXPECT_LE(broken, 5);
  EXPECT_GT(share, 0.4);  // and not by answering next to nothing
}

TEST(Promise, AShareOfTextsOutOfScopeIsWeighedIn) {
  Rng rng(12);
  std::vector<PromiseRow> rows = drawn(rng, 4000);
  for (int i = 0; i < 400; ++i)
    rows.push_back({.score = 0.5 + 0.5 * rng.uniform(), .answerable = true, .right = false, .in_scope = false});
  const auto threshold = [&](std::optional<double> share) {
    const Promise promise{.max_wrong = 0.06, .out_of_scope_share = share};
    return find_promised_threshold(rows, promise, 0.05).threshold;
  };
  EXPECT_LT(threshold(0.0), threshold(0.05));
  EXPECT_LT(threshold(0.05), threshold(0.3));
}

TEST(Promise, SaysWhenItCannotBeKept) {
  const Promise promise{.max_wrong = 0.02};
  // Too few rows, though none is wrong.
  const std::vector<PromiseRow> few(50, {.score = 0.9, .answerable = true, .right = true, .in_scope = true});
  EXPECT_FALSE(find_promised_threshold(few, promise, 0.05).kept);
  // Enough, and nobody may be answered.
  const std::vector<PromiseRow> closed(500, {.score = 0.9, .answerable = false, .right = true, .in_scope = true});
  EXPECT_FALSE(find_promised_threshold(closed, promise, 0.05).kept);
  const std::vector<PromiseRow> enough(500, {.score = 0.9, .answerable = true, .right = true, .in_scope = true});
  const PromisedThreshold found = find_promised_threshold(enough, promise, 0.05);
  EXPECT_TRUE(found.kept);
  EXPECT_EQ(found.threshold, 0.9);
  EXPECT_EQ(found.answered_share, 1.0);
}

TEST(Promise, ReadsWhatItWrites) {
  const Promise promise{.max_wrong = 0.02,
                        .confidence = 0.9,
                        .out_of_scope_share = 0.1,
                        .bound = 0.03,
                        .kept = false,
                        .reason = "too few rows"};
  const auto again = Promise::from_json(Json::parse(promise.to_json().dump()), "yupu.json");
  ASSERT_TRUE(again.ok()) << again.status().to_string();
  EXPECT_EQ(again->to_json(), promise.to_json());
  Json bad = Json::parse(promise.to_json().dump());
  bad["max_wrong"] = 2;
  EXPECT_EQ(Promise::from_json(bad, "yupu.json").status().field(), "max_wrong");
}

}  // namespace
}  // namespace yupu::tasks
