// Learning-rate schedules: a pure function from the step to a factor in [0, 1].
#pragma once

#include <cstdint>

namespace yupu::engine {

enum class ScheduleKind : std::uint8_t { kConstant, kLinear, kCosine, kStableDecay };

// Linear rise over `warmup_steps`, then the decay to 0 at `total_steps` (kConstant: no decay).
// kStableDecay stays at 1 and falls as 1 - sqrt only over the last `decay_steps` (Hägele et al. 2024,
// arXiv:2405.18392): how long it goes on need not be known beforehand.
struct Schedule {
  ScheduleKind kind = ScheduleKind::kLinear;
  std::int64_t warmup_steps = 0;
  std::int64_t total_steps = 0;
  std::int64_t decay_steps = 0;  // kStableDecay alone

  // The factor for update number `step`, counted from 0.  The k-th warm-up update (from 1) has k/warmup_steps, so none
  // is wasted on a factor of 0; after the warm-up the decay runs over the updates that remain.
  double factor(std::int64_t step) const;
};

}  // namespace yupu::engine
