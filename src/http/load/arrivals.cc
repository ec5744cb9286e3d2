#include "http/load/arrivals.h"

#include <cmath>

#include "base/check.h"

namespace yupu::http {

Arrivals::Arrivals(const ArrivalPlan& plan) : plan_(plan), rng_(plan.seed) {
  CHECK(plan.per_s > 0 && plan.seconds > 0, "arrivals need a rate and a time");
}

std::optional<std::int64_t> Arrivals::next() {
  ++count_;
  if (plan_.even) {
    at_s_ = static_cast<double>(count_) / plan_.per_s;
  } else {
    at_s_ -= std::log1p(-rng_.uniform()) / plan_.per_s;  // uniform() is below 1
  }
  if (at_s_ >= plan_.seconds) return {};
  return std::llround(at_s_ * 1e9);
}

}  // namespace yupu::http
