#include "engine/device/cpu/instruction_set.h"

#include "engine/device/cpu/simd_targets.h"
// Highway after the targets.
#include <hwy/highway.h>

namespace yupu::engine {

std::string instruction_set() {
  const auto usable = static_cast<std::uint64_t>(hwy::SupportedTargets()) & static_cast<std::uint64_t>(HWY_TARGETS);
  return hwy::TargetName(static_cast<std::int64_t>(usable & (~usable + 1)));  // the lowest bit is the best
}

}  // namespace yupu::engine
