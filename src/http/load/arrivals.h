// When requests are sent: at times fixed beforehand, whatever has become of those before.  That is what visitors do,
// and what a client that waits for its answer before it asks again does not (Schroeder, Wierman, Harchol-Balter 2006,
// "Open versus closed: a cautionary tale", NSDI).  Threads: one owner.
#pragma once

#include <cstdint>
#include <optional>

#include "base/rng.h"

namespace yupu::http {

struct ArrivalPlan {
  double per_s = 100.0;
  double seconds = 10.0;
  bool even = false;  // the same time between any two; else exponential: a Poisson process
  std::uint64_t seed = 1;
};

class Arrivals {
 public:
  // REQUIRES: per_s and seconds > 0.
  explicit Arrivals(const ArrivalPlan& plan);
  // Nanoseconds after the begin, never falling; nothing when the time is over.
  std::optional<std::int64_t> next();

 private:
  const ArrivalPlan plan_;
  Rng rng_;
  double at_s_ = 0.0;
  std::int64_t count_ = 0;
};

}  // namespace yupu::http
