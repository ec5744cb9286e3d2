// [recommend] of the strategy file: the lists of /v1/recommend. Keys: docs/recommend.md.
#pragma once

#include "products/recommend/serve/rules.h"

namespace yupu::strategy {

struct RecommendPlan {
  recommend::ListRules rules = {};
};

}  // namespace yupu::strategy
