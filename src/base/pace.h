// How fast work gets done, measured by doing it: what N units of it will take.  Units of any kind: jobs, tokens.
// The newest work counts most: of what was done `remembered` units ago a third is left.
// Threads: one at a time (its owner's lock).
#pragma once

#include <cstdint>

namespace yupu {

class Pace {
 public:
  // Nothing is said of the pace before `least` units were done.  REQUIRES: 0 < least <= remembered.
  Pace(std::int64_t least, std::int64_t remembered);

  // `units` took so long.  REQUIRES: units > 0, duration_ns >= 0.
  void done(std::int64_t units, std::int64_t duration_ns);
  void forget();
  bool known() const;
  // How long so many units will take; 0 while nothing is known.
  std::int64_t expected_ns(std::int64_t units) const;

 private:
  double least_;
  double remembered_;
  double seen_ = 0.0;  // units in all, as far as `least` asks for them
  double units_ = 0.0;
  double duration_ns_ = 0.0;
};

}  // namespace yupu
