// What a shop may decide about its lists: [recommend] of the strategy file (docs/recommend.md).
#pragma once

#include <cstdint>

#include "products/recommend/serve/experiment.h"

namespace yupu::recommend {

struct ListRules {
  double relevance = 0.8;           // of the score, against likeness to what stands above
  double tag_share = 0.5;           // of a list, rounded up, that one tag may have while something else is left
  double reason_share = 0.1;        // of what the whole history carries, that an item must carry to be named
  std::int64_t new_days = 14;       // how long an item is new
  std::int64_t learn_minutes = 10;  // after which new behaviour is learned, where no release serves
  Experiment experiment = {};
};

}  // namespace yupu::recommend
