// The candidate beside the live release, with the engine it has to itself: one thread, and weights of its own, so that
// it waits for nobody and nobody for it.
#pragma once

#include <memory>

#include "app/serve/house.h"
#include "engine/execution_context.h"
#include "serving/shadow.h"
#include "tasks/classify/adapter_base.h"

namespace yupu::app {

// In order of construction; destroyed in reverse.
struct ShadowReader {
  engine::ExecutionContext engine;
  tasks::BaseCache bases;
  serving::Shadow shadow;

  // Of the strategy's model. REQUIRES: a strategy.
  explicit ShadowReader(const House& house);
};

}  // namespace yupu::app
