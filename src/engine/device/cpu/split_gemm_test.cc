#include "engine/device/cpu/split_gemm.h"

#include <cmath>
#include <limits>
#include <vector>

#include "engine/testing/op_harness.h"

namespace yupu::engine {
namespace {

constexpr const char* kNoTiles =
    "this machine has no AMX, or a level of instructions is forced: nothing is taken apart";
constexpr GemmShape kServed{64, 64, 64};

struct Case {
  std::int64_t m, n, k;
};
// Edges of tiles and blocks: 16, 32, 336 rows, 32 columns, 32 and 384 depths, several blocks of each.
constexpr Case kCases[] = {{1, 32, 32},   {3, 33, 40},   {16, 64, 96},   {17, 95, 312},  {32, 32, 385},
                           {33, 64, 768}, {49, 40, 936}, {337, 96, 129}, {61, 1300, 800}};

// Sums in f64 and the sum of magnitudes, which bounds what rounding may do.
void reference(const Case& c, const Tensor& a, bool a_transposed, const Tensor& b, bool b_transposed,
               std::vector<double>& sums, std::vector<double>& magnitudes) {
  sums.clear();
  magnitudes.clear();
  for (std::int64_t i = 0; i < c.m; ++i) {
    for (std::int64_t j = 0; j < c.n; ++j) {
      double sum = 0, magnitude = 0;
      for (std::int64_t k = 0; k < c.k; ++k) {
        const double x = a.values()[static_cast<std::size_t>(a_transposed ? k * c.m + i : i * c.k + k)];
        const double y = b.values()[static_cast<std::size_t>(b_transposed ? j * c.k + k : k * c.n + j)];
        sum += x * y;
        magnitude += std::fabs(x * y);
      }
      sums.push_back(sum);
      magnitudes.push_back(magnitude);
    }
  }
}

double largest_error(const Tensor& c, const std::vector<double>& sums, const std::vector<double>& magnitudes) {
  double largest = 0;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    largest = std::max(largest, std::fabs(c.values()[i] - sums[i]) / magnitudes[i]);
  }
  return largest;
}

// Values over many powers of two, so that low parts matter.
Tensor wide_range(const Shape& shape, std::uint64_t seed) {
  Tensor t = random_tensor(shape, seed);
  Rng rng(seed + 100);
  for (float& value : t.values()) value *= std::exp2(static_cast<float>(20.0 * rng.uniform() - 10.0));
  return t;
}

TEST(SplitGemm, NoWorseThanTheProductInF32) {
  if (!split_gemm_serves(kServed)) GTEST_SKIP() << kNoTiles;
  ExecutionContext context(2);
  std::vector<double> sums, magnitudes;
  for (const Case& c : kCases) {
    for (int layout = 0; layout < 4; ++layout) {
      const bool at = (layout & 1) != 0, bt = (layout & 2) != 0;
      const Tensor a = wide_range(at ? Shape{c.k, c.m} : Shape{c.m, c.k}, 1);
      const Tensor b = wide_range(bt ? Shape{c.n, c.k} : Shape{c.k, c.n}, 2);
      reference(c, a, at, b, bt, sums, magnitudes);
      const Tensor split = Tensor::empty({c.m, c.n}), plain = Tensor::empty({c.m, c.n});
      const GemmShape shape{c.m, c.n, c.k};
      const MatrixView a_view{a.f32(), at ? c.m : c.k, at}, b_view{b.f32(), bt ? c.k : c.n, bt};
      ASSERT_TRUE(split_gemm_serves(shape));
      gemm(context, shape, a_view, b_view, {split.f32(), c.n, false});
      {
        const WithoutSplitGemm f32;
        ASSERT_FALSE(split_gemm_serves(shape));
        gemm(context, shape, a_view, b_view, {plain.f32(), c.n, false});
      }
      const double error = largest_error(split, sums, magnitudes);
      EXPECT_LT(error, std::max(1.5 * largest_error(plain, sums, magnitudes), 2e-7))
          << c.m << " x " << c.n << " x " << c.k << " layout " << layout;
      EXPECT_LT(error, 1e-6);
      EXPECT_FALSE(same_bits(split, plain)) << "the product in f32 ran twice";
    }
  }
}

TEST(SplitGemm, BitsDoNotDependOnRowsPlaceThreadsOrPacking) {
  if (!split_gemm_serves(kServed)) GTEST_SKIP() << kNoTiles;
  ExecutionContext one(1), three(3);
  for (const Case& c : kCases) {
    const Tensor a = random_tensor({c.m, c.k}, 1);
    const Tensor w = random_tensor({c.n, c.k}, 2);
    const Tensor bias = random_tensor({c.n}, 3);
    const MatrixView a_view{a.f32(), c.k, false}, w_view{w.f32(), c.k, true};
    const GemmEpilogue epilogue{.bias = bias.f32(), .activation = Activation::kGelu};
    const Tensor whole = Tensor::empty({c.m, c.n});
    gemm(three, {c.m, c.n, c.k}, a_view, w_view, {whole.f32(), c.n, false}, epilogue);
    const PackedWeight weight(one, w);
    const Tensor packed = Tensor::empty({c.m, c.n});
    gemm(one, c.m, a_view, weight, {packed.f32(), c.n, false}, epilogue);
    EXPECT_TRUE(same_bits(whole, packed)) << c.m << " " << c.n << " " << c.k;
    for (std::int64_t row = 0; row < c.m; row += 5) {
      const Tensor alone = Tensor::empty({1, c.n});
      gemm(one, 1, {a.f32() + row * c.k, c.k, false}, weight, {alone.f32(), c.n, false}, epilogue);
      EXPECT_TRUE(same_bits(alone, whole.rows(row, row + 1))) << row;
    }
    // The last columns of a wide product are the first of a narrow one.
    if (c.n >= 64) {
      const Tensor behind = Tensor::empty({c.m, c.n - 32});
      gemm(one, {c.m, c.n - 32, c.k}, a_view, {w.f32() + 32 * c.k, c.k, true}, {behind.f32(), c.n - 32, false});
      const Tensor bare = Tensor::empty({c.m, c.n});
      gemm(one, {c.m, c.n, c.k}, a_view, w_view, {bare.f32(), c.n, false});
      for (std::int64_t i = 0; i < c.m; ++i) {
        for (std::int64_t j = 0; j < c.n - 32; ++j) {
          ASSERT_EQ(behind.values()[static_cast<std::size_t>(i * (c.n - 32) + j)],
                    bare.values()[static_cast<std::size_t>(i * c.n + j + 32)]);
        }
      }
    }
  }
}

TEST(SplitGemm, AddsToWhatIsThere) {
  if (!split_gemm_serves(kServed)) GTEST_SKIP() << kNoTiles;
  ExecutionContext context(2);
  std::vector<double> sums, magnitudes;
  for (const Case& c : kCases) {
    const Tensor d = random_tensor({c.k, c.m}, 1), x = random_tensor({c.k, c.n}, 2);
    const Tensor out = random_tensor({c.m, c.n}, 3);
    reference(c, d, true, x, false, sums, magnitudes);
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += out.values()[i];
    gemm(context, {c.m, c.n, c.k}, {d.f32(), c.m, true}, {x.f32(), c.n, false}, {out.f32(), c.n, true});
    expect_near(out, sums, "sum");
  }
}

TEST(SplitGemm, WhatIsNotFiniteStaysSo) {
  if (!split_gemm_serves(kServed)) GTEST_SKIP() << kNoTiles;
  ExecutionContext context(1);
  for (const float bad : {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
    const Tensor a = random_tensor({40, 64}, 1), w = random_tensor({64, 64}, 2);
    a.values()[7 * 64 + 3] = bad;
    const Tensor out = Tensor::empty({40, 64});
    gemm(context, {40, 64, 64}, {a.f32(), 64, false}, {w.f32(), 64, true}, {out.f32(), 64, false});
    for (std::int64_t i = 0; i < 40; ++i) {
      for (std::int64_t j = 0; j < 64; ++j) {
        EXPECT_EQ(std::isfinite(out.values()[static_cast<std::size_t>(i * 64 + j)]), i != 7);
      }
    }
  }
}

// A text written token by token: rows of its products are few.
TEST(SplitGemm, FewRowsAreMultipliedAsF32) {
  if (!split_gemm_serves(kServed)) GTEST_SKIP() << kNoTiles;
  ExecutionContext context(1);
  const Tensor a = random_tensor({1, 64}, 1), w = random_tensor({64, 64}, 2);
  const Tensor few = Tensor::empty({1, 64}), plain = Tensor::empty({1, 64});
  {
    const FewRowsScope scope(context);
    const PackedWeight weight(context, w);
    gemm(context, 1, {a.f32(), 64, false}, weight, {few.f32(), 64, false});
  }
  EXPECT_FALSE(context.few_rows());
  const WithoutSplitGemm f32;
  gemm(context, {1, 64, 64}, {a.f32(), 64, false}, {w.f32(), 64, true}, {plain.f32(), 64, false});
  EXPECT_TRUE(same_bits(few, plain));
}

TEST(SplitGemm, SliversAreNotTakenApart) {
  EXPECT_FALSE(split_gemm_serves({100, 8, 768}));
  EXPECT_FALSE(split_gemm_serves({100, 768, 8}));
}

}  // namespace
}  // namespace yupu::engine
