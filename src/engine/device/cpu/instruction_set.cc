#include "engine/device/cpu/instruction_set.h"

#include "engine/device/cpu/simd_targets.h"
// Highway after the targets.
#include <hwy/highway.h>

namespace yupu::engine {

std::string instruction_set() {
  auto usable = static_cast<std::uint64_t>(hwy::SupportedTargets()) & static_cast<std::uint64_t>(HWY_TARGETS);
  // Highway wants AES with NEON; without it (some Cortex-A72) the kernels still run what the compiler may always use.
  if (usable == 0) usable = static_cast<std::uint64_t>(HWY_STATIC_TARGET);
  return hwy::TargetName(static_cast<std::int64_t>(usable & (~usable + 1)));  // the lowest bit is the best
}

}  // namespace yupu::engine
