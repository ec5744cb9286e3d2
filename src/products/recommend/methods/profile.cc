#include "products/recommend/methods/profile.h"

#include <algorithm>
#include <cmath>

namespace yupu::recommend {
namespace {

constexpr double kDayNs = 86'400e9;

double decay(double age, double half_life) { return half_life == 0.0 ? 1.0 : std::exp2(-age / half_life); }

}  // namespace

std::vector<Interest> ProfileRule::of(const Moment& moment, const tasks::KindWeights& weights) const {
  std::vector<Interest> interests;
  const std::size_t count = std::min(kProfileEvents, moment.history.size());
  for (std::size_t rank = 0; rank < count; ++rank) {
    const tasks::Behaviour& event = moment.history[moment.history.size() - 1 - rank];
    const double days = static_cast<double>(moment.time_ns - event.time_ns) / kDayNs;
    interests.push_back({.item = event.item,
                         .weight = weights.of(event.kind) * decay(static_cast<double>(rank), half_life_events_) *
                                   decay(days, half_life_days_)});
  }
  return interests;
}

}  // namespace yupu::recommend
