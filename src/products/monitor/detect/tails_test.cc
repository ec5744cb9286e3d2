// Reference values: rational arithmetic and 60-digit decimals (Python's fractions and decimal), log10 P(X >= k).
#include "products/monitor/detect/tails.h"

#include <cmath>

#include <gtest/gtest.h>

namespace yupu::monitor {
namespace {

// Relative error of the tail itself, from its logarithm.
void expect_tail(double log10_tail, double reference) {
  EXPECT_LT(std::fabs(std::pow(10.0, log10_tail - reference) - 1), 1e-9) << log10_tail << " against " << reference;
}

TEST(Tails, LogGamma) {
  EXPECT_NEAR(log_gamma(1), 0, 1e-13);
  EXPECT_NEAR(log_gamma(2), 0, 1e-13);
  EXPECT_NEAR(log_gamma(0.5), std::log(std::sqrt(M_PI)), 1e-13);
  for (const double x : {0.01, 0.3, 3.7, 11.9, 12.1, 250.5, 1e5, 1e8})
    EXPECT_NEAR(log_gamma(x) / std::lgamma(x), 1, 1e-13) << x;
}

TEST(Tails, PoissonIsExactBelowFiveAndFarOut) {
  expect_tail(log10_tail_negative_binomial(1, 0.25, 0), -0.655216414818478763);
  expect_tail(log10_tail_negative_binomial(5, 0.25, 0), -5.17968616667001524);
  expect_tail(log10_tail_negative_binomial(3, 4, 0), -0.118103910646411413);
  expect_tail(log10_tail_negative_binomial(30, 4, 0), -16.0393325436430601);
  expect_tail(log10_tail_negative_binomial(100, 100, 0), -0.289629752496193163);
  expect_tail(log10_tail_negative_binomial(180, 100, 0), -12.3867025406950192);
  expect_tail(log10_tail_negative_binomial(60, 2, 0), -64.7124942814873482);
}

TEST(Tails, NegativeBinomial) {
  expect_tail(log10_tail_negative_binomial(3, 4, 0.5), -0.227243781503062531);
  expect_tail(log10_tail_negative_binomial(30, 4, 0.25), -6.15453767350731770);
  expect_tail(log10_tail_negative_binomial(5, 0.5, 2), -1.99483838162971318);
  expect_tail(log10_tail_negative_binomial(200, 100, 0.0625), -2.89001535886882335);
  expect_tail(log10_tail_negative_binomial(90, 100, 0.0625), -0.204015334413887284);
}

TEST(Tails, BetaBinomial) {
  expect_tail(log10_tail_beta_binomial(5, 10, 0.2, 0), -1.48421226105637580);
  expect_tail(log10_tail_beta_binomial(10, 10, 0.2, 0), -6.98970004336018805);
  expect_tail(log10_tail_beta_binomial(30, 60, 0.2, 0), -6.68587630809312434);
  expect_tail(log10_tail_beta_binomial(5, 10, 0.2, 0.01), -1.39760533782305735);
  expect_tail(log10_tail_beta_binomial(30, 60, 0.2, 0.02), -3.25904062904520684);
  expect_tail(log10_tail_beta_binomial(3, 60, 0.2, 0.02), -0.00236154032920280958);
  expect_tail(log10_tail_beta_binomial(40, 50, 0.5, 0.75), -0.385572727718346945);  // a mass with two peaks
  expect_tail(log10_tail_beta_binomial(100, 400, 0.1, 0.04), -1.59992814073575757);
}

TEST(Tails, FallWithTheCountAndBeginAtOne) {
  EXPECT_EQ(log10_tail_negative_binomial(0, 3, 0.2), 0);
  EXPECT_EQ(log10_tail_beta_binomial(0, 9, 0.3, 0.1), 0);
  EXPECT_EQ(log10_tail_beta_binomial(0, 0, 0.3, 0.1), 0);
  double count = 0;
  double share = 0;
  for (std::int64_t k = 1; k <= 200; ++k) {
    const double next_count = log10_tail_negative_binomial(k, 40, 0.1);
    const double next_share = log10_tail_beta_binomial(k, 200, 0.2, 0.02);
    EXPECT_LT(next_count, count);
    EXPECT_LT(next_share, share);
    count = next_count;
    share = next_share;
  }
}

}  // namespace
}  // namespace yupu::monitor
