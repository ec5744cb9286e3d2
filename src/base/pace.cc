#include "base/pace.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace yupu {

Pace::Pace(std::int64_t least, std::int64_t remembered)
    : least_(static_cast<double>(least)), remembered_(static_cast<double>(remembered)) {
  CHECK(0 < least && least <= remembered, "a pace is told by some units, and remembers more");
}

void Pace::done(std::int64_t units, std::int64_t duration_ns) {
  CHECK(units > 0 && duration_ns >= 0, "work is some units, and takes time");
  const double more = static_cast<double>(units);
  const double left = std::exp(-more / remembered_);
  units_ = units_ * left + more;
  duration_ns_ = duration_ns_ * left + static_cast<double>(duration_ns);
  seen_ = std::min(seen_ + more, least_);
}

void Pace::forget() { seen_ = units_ = duration_ns_ = 0.0; }

bool Pace::known() const { return seen_ >= least_; }

std::int64_t Pace::expected_ns(std::int64_t units) const {
  if (!known()) return 0;
  return std::llround(static_cast<double>(units) * duration_ns_ / units_);
}

}  // namespace yupu
