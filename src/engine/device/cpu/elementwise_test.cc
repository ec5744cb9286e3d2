#include "engine/device/cpu/elementwise.h"

#include <cfloat>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace yupu::engine {
namespace {

TEST(FirstNotFinite, FindsTheFirstWhereverItStands) {
  const float infinity = std::numeric_limits<float>::infinity();
  for (const std::int64_t count : {1, 3, 4, 31, 64, 65, 4096, 4099, 9000}) {
    // One float in: no vector is aligned.
    std::vector<float> memory(static_cast<std::size_t>(count) + 1, -FLT_MAX);
    float* const x = memory.data() + 1;
    x[count / 3] = std::numeric_limits<float>::denorm_min();
    x[count / 2] = -0.0f;
    EXPECT_EQ(first_not_finite(x, count), -1) << count;
    for (const float bad : {infinity, -infinity, std::numeric_limits<float>::quiet_NaN()}) {
      for (const std::int64_t at : {std::int64_t{0}, count / 2, count - 1}) {
        const float good = x[at];
        x[at] = bad;
        EXPECT_EQ(first_not_finite(x, count), at) << count;
        EXPECT_EQ(first_not_finite(x, at), -1) << "what lies behind is not read";
        x[at] = good;
      }
    }
  }
  EXPECT_EQ(first_not_finite(nullptr, 0), -1);
}

}  // namespace
}  // namespace yupu::engine
