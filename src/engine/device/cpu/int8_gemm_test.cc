#include "engine/device/cpu/int8_gemm.h"

#include <cmath>
#include <cstdlib>
#include <limits>

#include <fmt/format.h>

#include "engine/device/cpu/int8_kernel.h"
#include "engine/device/cpu/kernel_scope.h"
#include "engine/testing/op_harness.h"

namespace yupu::engine {
namespace {

// Chooses a path while it lives.
class ForcedPath {
 public:
  explicit ForcedPath(const Int8Path& path) { force_int8_path(&path); }
  ForcedPath(const ForcedPath&) = delete;
  ForcedPath& operator=(const ForcedPath&) = delete;
  ~ForcedPath() { force_int8_path(nullptr); }
};

struct Quantised {
  Tensor weight, scale;
  explicit Quantised(const Tensor& w)
      : weight(Tensor::empty(w.shape(), DType::kI8)), scale(Tensor::empty({w.size(0)})) {
    for (std::int64_t n = 0; n < w.size(0); ++n) {
      scale.f32()[n] = quantise_channel(w.f32() + n * w.size(1), w.size(1), weight.i8() + n * w.size(1));
    }
  }
};

// The header's formulas in plain C++.
std::vector<float> reference(const Tensor& x, const Quantised& w, const Tensor& bias) {
  const std::int64_t depth = x.size(1), columns = w.weight.size(0);
  std::vector<float> y;
  for (std::int64_t m = 0; m < x.size(0); ++m) {
    const float* row = x.f32() + m * depth;
    float low = 0, high = 0;
    for (std::int64_t k = 0; k < depth; ++k) {
      low = std::min(low, row[k]);
      high = std::max(high, row[k]);
    }
    const bool zeros = !(high - low > 1e-30f);
    const float scale = zeros ? 1.0f : high / 255.0f - low / 255.0f;
    const float inverse = zeros ? 0.0f : 1.0f / scale;
    const auto zero = static_cast<std::int32_t>(std::nearbyint(-low * inverse));
    for (std::int64_t n = 0; n < columns; ++n) {
      std::int64_t sum = 0;
      for (std::int64_t k = 0; k < depth; ++k) {
        const auto u = std::clamp(static_cast<std::int32_t>(std::nearbyint(row[k] * inverse)) + zero, 0, 255);
        sum += std::int64_t{u - zero} * w.weight.i8()[n * depth + k];
      }
      y.push_back(static_cast<float>(sum) * scale * w.scale.f32()[n] + bias.f32()[n]);
    }
  }
  return y;
}

// Adversarial rows among ordinary ones: the largest sums, an outlier, zeros, denormals, one sign alone.
Tensor rows_of(std::int64_t rows, std::int64_t depth) {
  Tensor x = random_tensor({rows, depth}, 5);
  for (std::int64_t m = 0; m < rows; ++m) {
    float* row = x.f32() + m * depth;
    for (std::int64_t k = 0; k < depth; ++k) {
      if (m % 8 == 1) row[k] = 0;
      if (m % 8 == 2) row[k] = 1;
      if (m % 8 == 3) row[k] = k % 2 == 0 ? 127.0f : -127.0f;
      if (m % 8 == 4) row[k] = std::numeric_limits<float>::denorm_min() * static_cast<float>(k);
      if (m % 8 == 5) row[k] = -std::fabs(row[k]);
    }
    if (m % 8 == 6) row[depth / 2] = 1e4f;
  }
  return x;
}

struct Case {
  std::int64_t m, n, k;
};
constexpr Case kCases[] = {{1, 1, 1},    {2, 31, 3},    {3, 32, 4},    {5, 33, 5},   {6, 64, 63},
                           {7, 40, 64},  {8, 16, 65},   {13, 77, 96},  {14, 96, 31}, {15, 50, 128},
                           {29, 35, 70}, {61, 97, 300}, {16, 70, 768}, {33, 64, 190}};

TEST(Int8Gemm, EveryPathGivesTheBitsOfTheReference) {
  int paths_run = 0;
  for (const Int8Path& path : int8_paths()) {
    if (!path.supported()) {
      fmt::print("int8 path {} is not run: this machine lacks it\n", path.name);
      continue;
    }
    ++paths_run;
    const ForcedPath forced(path);
    for (const int threads : {1, 3}) {
      ExecutionContext context(threads);
      for (const Case& c : kCases) {
        const Tensor x = rows_of(c.m, c.k);
        const Quantised w(random_tensor({c.n, c.k}, 6));
        const Tensor bias = random_tensor({c.n}, 7);
        const Tensor y = Tensor::empty({c.m, c.n});
        const PackedInt8Weight packed(context, w.weight, w.scale);
        int8_gemm(context, c.m, x.f32(), c.k, packed, {y.f32(), c.n, false}, {.bias = bias.f32()});
        const Tensor expected = Tensor::from({c.m, c.n}, std::span<const float>(reference(x, w, bias)));
        ASSERT_TRUE(same_bits(y, expected)) << path.name << " " << c.m << " x " << c.n << " x " << c.k;
      }
    }
  }
  EXPECT_GE(paths_run, 1);
}

// ctest runs the program on emulated processors (CMakeLists.txt) and says what each must choose.
TEST(Int8Gemm, TheProcessorDecidesThePath) {
  const char* expected = std::getenv("YUPU_TEST_INT8_PATH");
  if (expected == nullptr) GTEST_SKIP() << "YUPU_TEST_INT8_PATH is not set: the best of this machine runs";
  EXPECT_EQ(int8_path().name, expected);
}

// Sums that 16 bits cannot hold, and the largest that 32 bits must.
TEST(Int8Gemm, TheCoreNeverSaturates) {
  constexpr std::int64_t kUnit = kInt8Group * kInt8GroupUnit;
  constexpr std::int64_t kDepth = kInt8DepthMax / kUnit * kUnit;
  std::vector<std::uint8_t> a(kDepth * kInt8PanelRowsMax, 255);
  std::vector<std::int8_t> b(kDepth * kInt8PanelColumns);
  for (const int sign : {1, -1}) {
    std::fill(b.begin(), b.end(), static_cast<std::int8_t>(127 * sign));
    for (const Int8Path& path : int8_paths()) {
      if (!path.supported()) continue;
      const KernelScope scope(path);
      for (std::int64_t rows = 1; rows <= path.panel_rows; ++rows) {
        std::vector<std::int32_t> sums(kInt8PanelRowsMax * kInt8PanelColumns);
        path.kernel(kDepth / kInt8Group, rows, a.data(), b.data(), sums.data());
        for (std::int64_t i = 0; i < rows * kInt8PanelColumns; ++i) {
          ASSERT_EQ(sums[static_cast<std::size_t>(i)], 255 * 127 * sign * kDepth) << path.name << " " << rows;
        }
      }
    }
  }
}

TEST(Int8Gemm, ARowDoesNotDependOnTheOthersOrOnThreads) {
  constexpr std::int64_t kRows = 200, kColumns = 100, kDepth = 1500;  // several blocks of rows
  const Tensor x = rows_of(kRows, kDepth);
  const Quantised w(random_tensor({kColumns, kDepth}, 6));
  ExecutionContext one(1), three(3);
  const PackedInt8Weight packed(three, w.weight, w.scale);
  const Tensor together = Tensor::empty({kRows, kColumns});
  const GemmEpilogue gelu{.activation = Activation::kGelu};
  int8_gemm(three, kRows, x.f32(), kDepth, packed, {together.f32(), kColumns, false}, gelu);
  for (std::int64_t row = 0; row < kRows; row += 11) {
    const Tensor alone = Tensor::empty({1, kColumns});
    int8_gemm(one, 1, x.f32() + row * kDepth, kDepth, packed, {alone.f32(), kColumns, false}, gelu);
    EXPECT_TRUE(same_bits(alone, together.rows(row, row + 1))) << row;
  }
}

TEST(Int8Gemm, IsCloseToTheProductOfFloats) {
  ExecutionContext context(2);
  constexpr std::int64_t kRows = 20, kColumns = 50, kDepth = 400;
  const Tensor x = random_tensor({kRows, kDepth}, 1);
  const Tensor w = random_tensor({kColumns, kDepth}, 2, 0.05);
  const Quantised quantised(w);
  const PackedInt8Weight packed(context, quantised.weight, quantised.scale);
  for (const Activation activation :
       {Activation::kNone, Activation::kGelu, Activation::kGeluTanh, Activation::kTanh, Activation::kRelu}) {
    const Tensor exact = Tensor::empty({kRows, kColumns});
    const Tensor y = Tensor::empty({kRows, kColumns});
    gemm(context, {kRows, kColumns, kDepth}, {x.f32(), kDepth, false}, {w.f32(), kDepth, true},
         {exact.f32(), kColumns, false}, {.activation = activation});
    int8_gemm(context, kRows, x.f32(), kDepth, packed, {y.f32(), kColumns, false}, {.activation = activation});
    double error = 0, total = 0;
    for (std::size_t i = 0; i < y.values().size(); ++i) {
      error += std::pow(static_cast<double>(y.values()[i]) - exact.values()[i], 2);
      total += std::pow(static_cast<double>(exact.values()[i]), 2);
    }
    EXPECT_GT(error, 0);
    EXPECT_LT(std::sqrt(error / total), 0.02);
  }
}

TEST(Int8Gemm, NotANumberPoisonsItsRowAlone) {
  ExecutionContext context(1);
  const Tensor x = random_tensor({4, 40}, 1);
  x.f32()[1 * 40 + 39] = std::numeric_limits<float>::quiet_NaN();
  x.f32()[2 * 40 + 7] = -std::numeric_limits<float>::infinity();
  const Quantised w(random_tensor({10, 40}, 2));
  const Tensor y = Tensor::empty({4, 10});
  int8_gemm(context, 4, x.f32(), 40, PackedInt8Weight(context, w.weight, w.scale), {y.f32(), 10, false});
  for (std::size_t i = 0; i < 40; ++i) EXPECT_EQ(std::isnan(y.values()[i]), i / 10 == 1 || i / 10 == 2) << i;
}

TEST(Int8Gemm, ChannelsAreQuantisedByTheirLargestValue) {
  const float weights[] = {0.5f, -1.0f, 0.25f, 0.0f};
  std::int8_t q[4];
  EXPECT_EQ(quantise_channel(weights, 4, q), 1.0f / 127.0f);
  EXPECT_EQ(q[0], 64);  // 63.5 to even
  EXPECT_EQ(q[1], -127);
  EXPECT_EQ(q[2], 32);  // 31.75
  EXPECT_EQ(q[3], 0);
  const float zeros[] = {0, 0};
  EXPECT_EQ(quantise_channel(zeros, 2, q), 1.0f);
  EXPECT_EQ(q[0], 0);
}

TEST(Int8GemmDeath, DepthBeyond32BitsIsABug) {
  ExecutionContext context(1);
  EXPECT_DEATH(PackedInt8Weight(context, Tensor::zeros({1, kInt8DepthMax + 1}, DType::kI8), Tensor::zeros({1})),
               "do not fit 32 bits");
}

}  // namespace
}  // namespace yupu::engine
