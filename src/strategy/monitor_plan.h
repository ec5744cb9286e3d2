// [monitor] of the strategy file: what is watched. Keys: docs/monitor.md.
#pragma once

#include "products/monitor/documents/intake.h"
#include "products/monitor/documents/topics.h"

namespace yupu::strategy {

struct MonitorPlan {
  monitor::TopicDictionary topics;  // [[monitor.topic]]
  monitor::IntakeOptions intake = {};
};

}  // namespace yupu::strategy
