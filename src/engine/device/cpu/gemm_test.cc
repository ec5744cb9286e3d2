#include "engine/device/cpu/gemm.h"

#include <cmath>

#include "engine/testing/op_harness.h"

namespace yupu::engine {
namespace {

struct Case {
  std::int64_t m, n, k;
};
// Edges of every panel and block size: 6, 14, 16, 32, 336, 384; several blocks of C (2,100 columns).
constexpr Case kCases[] = {{1, 1, 1},      {1, 77, 300},  {5, 16, 255},  {6, 32, 256},  {7, 33, 385},   {14, 31, 64},
                           {16, 384, 100}, {29, 48, 513}, {170, 35, 70}, {337, 17, 20}, {57, 2100, 400}};

Tensor stored(std::int64_t rows, std::int64_t columns, bool transposed, std::uint64_t seed) {
  return transposed ? random_tensor({columns, rows}, seed) : random_tensor({rows, columns}, seed);
}

double element(const Tensor& t, const MatrixView& view, std::int64_t i, std::int64_t j) {
  return t.values()[static_cast<std::size_t>(view.transposed ? j * view.stride + i : i * view.stride + j)];
}

TEST(Gemm, EveryLayoutAgainstTheReference) {
  ExecutionContext one(1), two(2), four(4);
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
      std::vector<double> expected;
      for (std::int64_t i = 0; i < c.m; ++i) {
        for (std::int64_t j = 0; j < c.n; ++j) {
          double sum = accumulate ? before.values()[static_cast<std::size_t>(i * c.n + j)] : 0.0;
          for (std::int64_t k = 0; k < c.k; ++k) sum += element(a, a_view, i, k) * element(b, b_view, k, j);
          expected.push_back(sum);
        }
      }
      for (ExecutionContext* context : {&one, &two, &four}) {
        const Tensor out = random_tensor({c.m, c.n}, 3);
        gemm(*context, {c.m, c.n, c.k}, a_view, b_view, {out.f32(), c.n, accumulate});
        expect_near(out, expected, "product");
        if (HasFatalFailure()) FAIL() << c.m << " x " << c.n << " x " << c.k << " layout " << layout;
      }
    }
  }
}

TEST(Gemm, ARowDoesNotDependOnTheOthersOrOnThreads) {
  constexpr std::int64_t kRows = 61, kColumns = 200, kDepth = 600;
  const Tensor a = random_tensor({kRows, kDepth}, 1);
  const Tensor w = random_tensor({kColumns, kDepth}, 2);
  ExecutionContext one(1);
  ExecutionContext three(3);
  const Tensor together = Tensor::empty({kRows, kColumns});
  gemm(three, {kRows, kColumns, kDepth}, {a.f32(), kDepth, false}, {w.f32(), kDepth, true},
       {together.f32(), kColumns, false});
  for (std::int64_t row = 0; row < kRows; row += 7) {
    const Tensor alone = Tensor::empty({1, kColumns});
    gemm(one, {1, kColumns, kDepth}, {a.f32() + row * kDepth, kDepth, false}, {w.f32(), kDepth, true},
         {alone.f32(), kColumns, false});
    EXPECT_TRUE(same_bits(alone, together.rows(row, row + 1)));
  }
}

TEST(Gemm, PackedWeightsGiveTheSameBits) {
  ExecutionContext context(2);
  for (const Case& c : kCases) {
    const Tensor a = random_tensor({c.m, c.k}, 1);
    const Tensor w = random_tensor({c.n, c.k}, 2);
    const Tensor bias = random_tensor({c.n}, 3);
    const Tensor plain = Tensor::empty({c.m, c.n});
    const Tensor packed = Tensor::empty({c.m, c.n});
    const GemmEpilogue epilogue{.bias = bias.f32(), .activation = Activation::kGelu};
    gemm(context, {c.m, c.n, c.k}, {a.f32(), c.k, false}, {w.f32(), c.k, true}, {plain.f32(), c.n, false}, epilogue);
    const PackedWeight weight(context, w);
    gemm(context, c.m, {a.f32(), c.k, false}, weight, {packed.f32(), c.n, false}, epilogue);
    EXPECT_TRUE(same_bits(plain, packed)) << c.m << " " << c.n << " " << c.k;
  }
}

TEST(Gemm, ColumnsBeyondOneBlock) {
  ExecutionContext context(1);
  constexpr std::int64_t kColumns = 3072 * 2 + 40;
  const Tensor a = random_tensor({3, 270}, 1);
  const Tensor w = random_tensor({kColumns, 270}, 2);
  const Tensor out = Tensor::empty({3, kColumns});
  const PackedWeight weight(context, w);
  gemm(context, 3, {a.f32(), 270, false}, weight, {out.f32(), kColumns, false});
  std::vector<double> expected;
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < kColumns; ++j) {
      double sum = 0;
      for (std::size_t k = 0; k < 270; ++k)
        sum += static_cast<double>(a.values()[i * 270 + k]) * w.values()[j * 270 + k];
      expected.push_back(sum);
    }
  }
  expect_near(out, expected, "wide product");
}

// Large enough to be written past the caches (gemm.cc), and then added to.
TEST(Gemm, AGradientOfWeightsAsLargeAsRealOnes) {
  constexpr std::int64_t kOut = 640, kIn = 432, kTokens = 19;
  const Tensor d = random_tensor({kTokens, kOut}, 1);
  const Tensor x = random_tensor({kTokens, kIn}, 2);
  for (const int threads : {1, 2}) {
    ExecutionContext context(threads);
    const Tensor gradient = Tensor::full({kOut, kIn}, 7);
    for (const double times : {1.0, 2.0}) {
      gemm(context, {kOut, kIn, kTokens}, {d.f32(), kOut, true}, {x.f32(), kIn, false},
           {gradient.f32(), kIn, times > 1.0});
      std::vector<double> expected;
      for (std::int64_t o = 0; o < kOut; ++o) {
        for (std::int64_t i = 0; i < kIn; ++i) {
          double sum = 0;
          for (std::int64_t n = 0; n < kTokens; ++n) {
            sum += element(d, {nullptr, kOut, false}, n, o) * element(x, {nullptr, kIn, false}, n, i);
          }
          expected.push_back(times * sum);
        }
      }
      expect_near(gradient, expected, "d_weight");
    }
  }
}

TEST(Gemm, DepthZeroIsZero) {
  ExecutionContext context(1);
  const Tensor out = Tensor::full({2, 3}, 5);
  gemm(context, {2, 3, 0}, {out.f32(), 1, false}, {out.f32(), 3, false}, {out.f32(), 3, false});
  for (const float value : out.values()) EXPECT_EQ(value, 0);
}

}  // namespace
}  // namespace yupu::engine
