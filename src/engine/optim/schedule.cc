#include "engine/optim/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace yupu::engine {

double Schedule::factor(std::int64_t step) const {
  if (step < warmup_steps) return static_cast<double>(step + 1) / static_cast<double>(warmup_steps);
  if (kind == ScheduleKind::kConstant) return 1.0;
  const bool stable = kind == ScheduleKind::kStableDecay;
  const std::int64_t begin = stable ? total_steps - decay_steps : warmup_steps;
  const auto length = static_cast<double>(std::max<std::int64_t>(1, total_steps - begin));
  const double done = std::clamp(static_cast<double>(step - begin) / length, 0.0, 1.0);
  if (stable) return 1.0 - std::sqrt(done);
  if (kind == ScheduleKind::kLinear) return 1.0 - done;
  return 0.5 * (1.0 + std::cos(std::numbers::pi * done));
}

}  // namespace yupu::engine
