// Every test of this program on one instruction set: YUPU_TEST_TARGET=PORTABLE|SSE4|AVX2|AVX3|NEON chooses the kernels
// compiled for it (PORTABLE: scalar C++).  ctest runs the program once for each (engine/forced_*); where the machine
// cannot or the build has no such kernels, exit status 77 counts as skipped.  For tests alone: the product takes the
// best the machine has.
#include "engine/device/cpu/simd_targets.h"
// Before Highway.
#include <array>
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <hwy/highway.h>

#include "engine/device/cpu/gemm_kernel.h"
#include "engine/device/cpu/split_gemm.h"

namespace yupu::engine {
namespace {

struct Level {
  std::string_view name;
  std::int64_t target;
  std::int64_t gemm_panel_columns;  // tells the compiled kernels apart
};
// Without instructions for vectors: one lane, or four that are written out, as the library trusts the compiler.
constexpr std::int64_t kPortableColumns = (HWY_TARGETS & HWY_SCALAR) != 0 ? 2 : 8;
constexpr std::array kLevels = {Level{"PORTABLE", HWY_EMU128 | HWY_SCALAR, kPortableColumns},
                                Level{"SSE4", HWY_SSE4, 8}, Level{"AVX2", HWY_AVX2, 16}, Level{"AVX3", HWY_AVX3, 32},
                                Level{"NEON", HWY_NEON, 8}};
constexpr int kSkipped = 77;

class ForcedTarget final : public ::testing::Environment {
 public:
  void SetUp() override {
    const char* wanted = std::getenv("YUPU_TEST_TARGET");
    if (wanted == nullptr) return;
    for (const Level& level : kLevels) {
      if (level.name != wanted) continue;
      // Better targets have smaller bits: what is left is the level and everything below it.
      const std::int64_t left = hwy::SupportedTargets() & ~((level.target & -level.target) - 1);
      if ((left & level.target & HWY_TARGETS) == 0) {
        fmt::print("skipped: this machine or this build has no {}\n", wanted);
        std::_Exit(kSkipped);
      }
      static const WithoutSplitGemm f32_kernels;  // the level's own, where the machine has tiles besides
      hwy::SetSupportedTargetsForTest(left);
      hwy::GetChosenTarget().Update(hwy::SupportedTargets());
      return;
    }
    FAIL() << "YUPU_TEST_TARGET=" << wanted << " is none of PORTABLE, SSE4, AVX2, AVX3, NEON";
  }
};

const ::testing::Environment* const kForced = ::testing::AddGlobalTestEnvironment(new ForcedTarget);

// A level that is asked for is the level that runs.
TEST(ForcedTarget, TheChosenKernelsAreTheLevelAskedFor) {
  ASSERT_NE(kForced, nullptr);
  const char* wanted = std::getenv("YUPU_TEST_TARGET");
  if (wanted == nullptr) GTEST_SKIP() << "no level is forced: the best of this machine runs";
  for (const Level& level : kLevels) {
    if (level.name == wanted) {
      EXPECT_EQ(gemm_panel_columns(), level.gemm_panel_columns);
    }
  }
}

}  // namespace
}  // namespace yupu::engine
