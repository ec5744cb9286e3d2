// yupu models shadow: a candidate that reads each call beside the live release, and how the two agree.
#pragma once

#include <string>

#include "app/workplace.h"
#include "base/status.h"

namespace yupu::app {

struct ShadowWish {
  std::string candidate = {};  // that shall read; empty: what reads is shown
  bool stop = false;
};
Status shadow_command(Workplace& place, const std::string& model, const ShadowWish& wish, bool json);

}  // namespace yupu::app
