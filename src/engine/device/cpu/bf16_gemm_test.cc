#include "engine/device/cpu/bf16_gemm.h"

#include <cmath>
#include <cstring>
#include <limits>

#include <fmt/format.h>

#include "engine/device/cpu/bf16_kernel.h"
#include "engine/testing/op_harness.h"

namespace yupu::engine {
namespace {

// The header's rounding in plain C++.
float rounded(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  if (std::isnan(value)) {
    bits = (bits | 0x00400000u) & 0xffff0000u;
  } else if (std::fabs(value) < std::numeric_limits<float>::min()) {
    bits &= 0x80000000u;
  } else {
    const std::uint32_t rest = bits & 0xffffu;
    bits &= 0xffff0000u;
    if (rest > 0x8000u || (rest == 0x8000u && (bits & 0x10000u) != 0)) bits += 0x10000u;
  }
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

struct Case {
  std::int64_t m, n, k;
};
// Edges of panels (14, 16 or 32 rows, 32 columns), of pairs, and of the 16 and 32 lanes of the packers; several blocks
// of rows.
constexpr Case kCases[] = {{1, 1, 1},    {1, 1, 2},     {1, 77, 300},    {2, 31, 3},   {5, 32, 15},
                           {6, 33, 16},  {7, 64, 17},   {8, 65, 31},     {13, 16, 32}, {14, 95, 33},
                           {15, 96, 64}, {28, 40, 63},  {29, 48, 65},    {61, 97, 3},  {43, 17, 95},
                           {16, 70, 96}, {337, 17, 20}, {130, 20, 3000}, {33, 64, 62}, {32, 96, 128}};

Tensor stored(std::int64_t rows, std::int64_t columns, bool transposed, std::uint64_t seed) {
  return transposed ? random_tensor({columns, rows}, seed) : random_tensor({rows, columns}, seed);
}

// Rounded, row-major: element (i,k) of the result is that of the view.
std::vector<float> rounded_copy(const MatrixView& view, std::int64_t rows, std::int64_t columns) {
  std::vector<float> copy;
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t k = 0; k < columns; ++k) {
      copy.push_back(rounded(view.data[view.transposed ? k * view.stride + i : i * view.stride + k]));
    }
  }
  return copy;
}

// The header's formulas for one element of C.  A product of two bf16 is exact in f32: fma is `*` and `+`.
float pair_by_pair(const float* x, const float* w, std::int64_t depth) {
  float sum = 0;
  for (std::int64_t k = 0; k < depth; k += 2) {
    if (k + 1 < depth) sum += x[k + 1] * w[k + 1];
    sum += x[k] * w[k];
  }
  return sum;
}
float block_by_block(const float* x, const float* w, std::int64_t depth, std::int64_t sum_pairs) {
  float sum = 0;
  for (std::int64_t block = 0; block < depth; block += 2 * sum_pairs) {
    float halves[2] = {0, 0};
    for (std::int64_t k = block; k < std::min(depth, block + 2 * sum_pairs); ++k) halves[k % 2] += x[k] * w[k];
    sum += halves[0] + halves[1];
  }
  return sum;
}

Tensor reference(const Bf16Path& path, const Case& c, const MatrixView& a, const MatrixView& b, const Tensor* added) {
  Tensor out = Tensor::empty({c.m, c.n});
  const std::vector<float> rows = rounded_copy(a, c.m, c.k);
  const std::vector<float> columns = rounded_copy({b.data, b.stride, !b.transposed}, c.n, c.k);
  for (std::int64_t i = 0; i < c.m; ++i) {
    for (std::int64_t j = 0; j < c.n; ++j) {
      const float* x = rows.data() + i * c.k;
      const float* w = columns.data() + j * c.k;
      const float sum = path.sum_pairs == 0 ? pair_by_pair(x, w, c.k) : block_by_block(x, w, c.k, path.sum_pairs);
      out.f32()[i * c.n + j] = added != nullptr ? sum + added->f32()[i * c.n + j] : sum;
    }
  }
  return out;
}

int for_each_path(const std::function<void(const Bf16Path&)>& check) {
  int run = 0;
  for (const Bf16Path& path : bf16_paths()) {
    if (!path.supported()) continue;
    const ForcedBf16Path forced(path);
    check(path);
    ++run;
  }
  return run;
}

TEST(Bf16Gemm, EveryPathAndLayoutGivesTheBitsOfTheReference) {
  ExecutionContext one(1), three(3);
  int paths_run = 0;
  for (const Case& c : kCases) {
    for (int layout = 0; layout < 8; ++layout) {
      const bool a_transposed = (layout & 1) != 0;
      const bool b_transposed = (layout & 2) != 0;
      const bool accumulate = (layout & 4) != 0;
      const Tensor a = stored(c.m, c.k, a_transposed, 1);
      const Tensor b = stored(c.k, c.n, b_transposed, 2);
      const Tensor before = random_tensor({c.m, c.n}, 3);
      const MatrixView a_view{a.f32(), a_transposed ? c.m : c.k, a_transposed};
      const MatrixView b_view{b.f32(), b_transposed ? c.k : c.n, b_transposed};
      paths_run = for_each_path([&](const Bf16Path& path) {
        const Tensor expected = reference(path, c, a_view, b_view, accumulate ? &before : nullptr);
        for (ExecutionContext* context : {&one, &three}) {
          const Tensor out = before.clone();
          bf16_gemm(*context, {c.m, c.n, c.k}, a_view, b_view, {out.f32(), c.n, accumulate});
          ASSERT_TRUE(same_bits(out, expected))
              << path.name << " " << c.m << " x " << c.n << " x " << c.k << " layout " << layout;
        }
      });
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_GE(paths_run, 1);
}

TEST(Bf16Gemm, EveryPathIsTriedWhereTheMachineHasIt) {
  for (const Bf16Path& path : bf16_paths()) {
    if (!path.supported()) fmt::print("bf16 path {} is not run: this machine lacks it\n", path.name);
  }
  EXPECT_TRUE(bf16_paths().back().supported());
}

// Against sums in f64 of the rounded operands: what f32 accumulation loses.
TEST(Bf16Gemm, IsCloseToTheExactProductOfTheRoundedOperands) {
  ExecutionContext context(2);
  constexpr std::int64_t kRows = 20, kColumns = 50, kDepth = 3073;
  const Tensor x = random_tensor({kRows, kDepth}, 1);
  const Tensor w = random_tensor({kColumns, kDepth}, 2);
  const Tensor y = Tensor::empty({kRows, kColumns});
  bf16_gemm(context, {kRows, kColumns, kDepth}, {x.f32(), kDepth, false}, {w.f32(), kDepth, true},
            {y.f32(), kColumns, false});
  std::vector<double> expected;
  for (std::int64_t i = 0; i < kRows; ++i) {
    for (std::int64_t j = 0; j < kColumns; ++j) {
      double sum = 0;
      for (std::int64_t k = 0; k < kDepth; ++k) {
        sum += static_cast<double>(rounded(x.f32()[i * kDepth + k])) * rounded(w.f32()[j * kDepth + k]);
      }
      expected.push_back(sum);
    }
  }
  expect_near(y, expected, "product of rounded operands", 4e-6);
}

TEST(Bf16Gemm, RoundsAsTheHeaderSays) {
  using Limits = std::numeric_limits<float>;
  const float values[] = {0.0f,
                          -0.0f,
                          1.0f,
                          1.00390625f,   // a tie, to the even 1
                          1.01171875f,   // a tie, to the even 1.015625
                          1.003906369f,  // just above a tie
                          -1.00390625f,
                          Limits::max(),  // rounds to infinity
                          Limits::lowest(),
                          Limits::min(),
                          Limits::min() / 2,  // below 2^-126
                          -Limits::denorm_min(),
                          Limits::infinity(),
                          -Limits::infinity(),
                          Limits::quiet_NaN(),
                          3.14159274f};
  constexpr std::int64_t kCount = std::size(values);
  for_each_path([&](const Bf16Path& path) {
    for (const bool depth_contiguous : {false, true}) {
      // As depth: pairs of neighbours.  Across: pairs with the zero row behind.
      std::uint32_t packed[kCount];
      path.pack_columns({.data = values,
                         .stride = kCount,
                         .depth_contiguous = depth_contiguous,
                         .valid = depth_contiguous ? 1 : kCount,
                         .width = depth_contiguous ? 1 : kCount,
                         .depth = depth_contiguous ? kCount : 1},
                        packed);
      for (std::int64_t i = 0; i < kCount; ++i) {
        const float expected = rounded(values[i]);
        std::uint32_t bits;
        std::memcpy(&bits, &expected, sizeof(bits));
        const std::uint32_t lane = packed[depth_contiguous ? i / 2 : i];
        const bool upper = depth_contiguous && i % 2 == 1;
        EXPECT_EQ(upper ? lane >> 16 : lane & 0xffffu, bits >> 16) << path.name << " value " << values[i];
        if (!depth_contiguous) {
          EXPECT_EQ(lane >> 16, 0u);
        }
      }
    }
  });
}

TEST(Bf16Gemm, ARowDoesNotDependOnTheOthersOrOnThreads) {
  constexpr std::int64_t kRows = 61, kColumns = 200, kDepth = 601;
  const Tensor a = random_tensor({kRows, kDepth}, 1);
  const Tensor w = random_tensor({kColumns, kDepth}, 2);
  ExecutionContext one(1), three(3);
  for_each_path([&](const Bf16Path& path) {
    const PackedBf16Weight packed(three, w);
    const GemmEpilogue gelu{.activation = Activation::kGelu};
    const Tensor together = Tensor::empty({kRows, kColumns});
    bf16_gemm(three, kRows, {a.f32(), kDepth, false}, packed, {together.f32(), kColumns, false}, gelu);
    for (std::int64_t row = 0; row < kRows; row += 7) {
      const Tensor alone = Tensor::empty({1, kColumns});
      bf16_gemm(one, 1, {a.f32() + row * kDepth, kDepth, false}, packed, {alone.f32(), kColumns, false}, gelu);
      EXPECT_TRUE(same_bits(alone, together.rows(row, row + 1))) << path.name << " row " << row;
    }
  });
}

// Weights packed by one path serve the other; bias, activation and the kept pre-activation are those of gemm.h.
TEST(Bf16Gemm, PackedWeightsAndEpilogues) {
  ExecutionContext context(2);
  for (const Case& c : kCases) {
    const Tensor a = random_tensor({c.m, c.k}, 1);
    const Tensor w = random_tensor({c.n, c.k}, 2);
    const Tensor bias = random_tensor({c.n}, 3);
    const PackedBf16Weight weight(context, w);
    for_each_path([&](const Bf16Path& path) {
      const Tensor sums = reference(path, c, {a.f32(), c.k, false}, {w.f32(), c.k, true}, nullptr);
      Tensor with_bias = Tensor::empty({c.m, c.n});
      for (std::int64_t i = 0; i < c.m * c.n; ++i) with_bias.f32()[i] = sums.f32()[i] + bias.f32()[i % c.n];
      const Tensor plain = Tensor::empty({c.m, c.n});
      bf16_gemm(context, c.m, {a.f32(), c.k, false}, weight, {plain.f32(), c.n, false}, {.bias = bias.f32()});
      ASSERT_TRUE(same_bits(plain, with_bias)) << path.name << " " << c.m << " x " << c.n << " x " << c.k;
      const Tensor kept = Tensor::empty({c.m, c.n});
      const Tensor activated = Tensor::empty({c.m, c.n});
      bf16_gemm(
          context, c.m, {a.f32(), c.k, false}, weight, {kept.f32(), c.n, false},
          {.bias = bias.f32(), .activation = Activation::kRelu, .activated = activated.f32(), .activated_stride = c.n});
      ASSERT_TRUE(same_bits(kept, with_bias));
      for (std::int64_t i = 0; i < c.m * c.n; ++i) {
        ASSERT_EQ(activated.f32()[i], std::max(0.0f, with_bias.f32()[i]));
      }
    });
  }
}

TEST(Bf16Gemm, NotANumberPoisonsItsRowAlone) {
  ExecutionContext context(1);
  const Tensor x = random_tensor({4, 41}, 1);
  x.f32()[1 * 41 + 40] = std::numeric_limits<float>::quiet_NaN();
  x.f32()[2 * 41 + 7] = -std::numeric_limits<float>::infinity();
  const Tensor w = random_tensor({10, 41}, 2);
  for_each_path([&](const Bf16Path& path) {
    const Tensor y = Tensor::empty({4, 10});
    bf16_gemm(context, {4, 10, 41}, {x.f32(), 41, false}, {w.f32(), 41, true}, {y.f32(), 10, false});
    for (std::size_t i = 0; i < 40; ++i) {
      EXPECT_EQ(std::isnan(y.values()[i]), i / 10 == 1) << path.name << " " << i;
      EXPECT_EQ(std::isinf(y.values()[i]), i / 10 == 2) << path.name << " " << i;
    }
  });
}

TEST(Bf16Gemm, DepthZeroIsTheBias) {
  ExecutionContext context(1);
  const Tensor out = Tensor::full({2, 3}, 5);
  const Tensor bias = Tensor::from({3}, {1, 2, 3});
  for_each_path([&](const Bf16Path&) {
    bf16_gemm(context, {2, 3, 0}, {out.f32(), 1, false}, {out.f32(), 3, false}, {out.f32(), 3, false},
              {.bias = bias.f32()});
    for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(out.values()[i], static_cast<float>(i % 3 + 1));
  });
}

// What invariant 2 of the header excepts, so that a change of it is seen.
TEST(Bf16Gemm, SumsBelowTheNormalRangeAreZeroInHardwareAlone) {
  ExecutionContext context(1);
  const float tiny[] = {1.5f * std::numeric_limits<float>::min()};
  const float half[] = {0.5f};
  for_each_path([&](const Bf16Path& path) {
    float sum = -1;
    bf16_gemm(context, {1, 1, 1}, {tiny, 1, false}, {half, 1, false}, {&sum, 1, false});
    EXPECT_EQ(sum, path.in_hardware ? 0.0f : tiny[0] * half[0]) << path.name;
  });
}

TEST(Bf16Gemm, APathCanBeForced) {
  const bool natural = bf16_in_hardware();
  {
    const ForcedBf16Path forced(bf16_paths().back());
    EXPECT_EQ(bf16_path().name, "f32");
    EXPECT_FALSE(bf16_in_hardware());
  }
  EXPECT_EQ(bf16_in_hardware(), natural);
}

}  // namespace
}  // namespace yupu::engine
