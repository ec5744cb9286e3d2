// What a shop may decide about its lists: [recommend] of the strategy file (docs/recommend.md).
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "products/recommend/serve/experiment.h"

namespace yupu::recommend {

// The first candidates are read again by a cross-encoder (methods/cross/).
struct CrossRule {
  std::string model = {};         // a directory of `recommend train --type cross-encoder`, for where no release serves;
                                  // empty: none, since it costs what docs/recommend.md says
  std::int64_t top = 50;          // candidates that are read
  std::int64_t deadline_ms = 60;  // of a request, for releases' cross-encoders too; what is not read by then is missing

  std::int64_t deadline_of(const Clock& clock) const { return clock.monotonic_ns() + deadline_ms * 1'000'000; }
};

struct ListRules {
  double relevance = 0.8;           // of what a place is worth, against likeness to the others
  double tag_share = 0.5;           // of a list, rounded up, that one tag may have while something else is left
  double reason_share = 0.1;        // of what the whole history carries, that an item must carry to be named
  std::int64_t new_days = 14;       // how long an item is new
  std::int64_t learn_minutes = 10;  // after which new behaviour is learned, where no release serves
  CrossRule cross = {};
  Experiment experiment = {};
};

}  // namespace yupu::recommend
