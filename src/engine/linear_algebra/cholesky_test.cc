#include "engine/linear_algebra/cholesky.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.h"

namespace yupu::engine {
namespace {

// R R^T / n + I, R of random numbers: eigenvalues from 1 to about 5.
Tensor positive_definite(std::int64_t n, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<double> r(static_cast<std::size_t>(n * n));
  for (double& value : r) value = rng.normal();
  const Tensor a = Tensor::empty({n, n});
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      double sum = i == j ? 1.0 : 0.0;
      for (std::int64_t k = 0; k < n; ++k)
        sum += r[static_cast<std::size_t>(i * n + k)] * r[static_cast<std::size_t>(j * n + k)] / static_cast<double>(n);
      a.f32()[i * n + j] = static_cast<float>(sum);
    }
  }
  return a;
}

TEST(Cholesky, OfTwoByTwoByHand) {
  ExecutionContext context(1);
  const Tensor a = Tensor::from({2, 2}, {4.0f, 2.0f, 2.0f, 3.0f});  // determinant 8
  ASSERT_TRUE(invert_positive_definite(context, a));
  const float expected[] = {0.375f, -0.25f, -0.25f, 0.5f};
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(a.values()[i], expected[i], 1e-7);
}

TEST(Cholesky, TheInverseTimesTheMatrixIsTheIdentity) {
  for (const std::int64_t n : {std::int64_t{1}, std::int64_t{5}, kCholeskyBlock - 1, kCholeskyBlock, kCholeskyBlock + 1,
                               2 * kCholeskyBlock + 17}) {
    ExecutionContext context(2);
    const Tensor a = positive_definite(n, 7);
    const Tensor inverse = a.clone();
    for (std::int64_t i = 0; i < n; ++i) {  // the upper triangle is not read
      for (std::int64_t j = i + 1; j < n; ++j) inverse.f32()[i * n + j] = std::nanf("");
    }
    ASSERT_TRUE(invert_positive_definite(context, inverse)) << n;
    double worst = 0.0;
    for (std::int64_t i = 0; i < n; ++i) {
      for (std::int64_t j = 0; j < n; ++j) {
        double sum = i == j ? -1.0 : 0.0;
        for (std::int64_t k = 0; k < n; ++k)
          sum += static_cast<double>(a.f32()[i * n + k]) * static_cast<double>(inverse.f32()[k * n + j]);
        worst = std::max(worst, std::abs(sum));
      }
    }
    EXPECT_LT(worst, 5e-6) << n;
  }
}

TEST(Cholesky, ThreadsChangeNoBit) {
  const Tensor a = positive_definite(3 * kCholeskyBlock + 5, 3);
  const Tensor one = a.clone(), four = a.clone();
  ExecutionContext alone(1), team(4);
  ASSERT_TRUE(invert_positive_definite(alone, one));
  ASSERT_TRUE(invert_positive_definite(team, four));
  for (std::size_t i = 0; i < one.values().size(); ++i) ASSERT_EQ(one.values()[i], four.values()[i]) << i;
}

TEST(Cholesky, WhatIsNotPositiveDefiniteIsRefused) {
  ExecutionContext context(1);
  EXPECT_FALSE(invert_positive_definite(context, Tensor::from({2, 2}, {1.0f, 2.0f, 2.0f, 1.0f})));
  EXPECT_FALSE(invert_positive_definite(context, Tensor::from({1, 1}, {0.0f})));
  EXPECT_FALSE(invert_positive_definite(context, Tensor::from({1, 1}, {std::nanf("")})));
  const std::int64_t n = kCholeskyBlock + 3;  // in the second block
  const Tensor a = positive_definite(n, 1);
  a.f32()[n * n - 1] = -1.0f;
  EXPECT_FALSE(invert_positive_definite(context, a));
}

}  // namespace
}  // namespace yupu::engine
