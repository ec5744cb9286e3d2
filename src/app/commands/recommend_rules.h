// yupu recommend rules.
#pragma once

#include "app/arguments.h"
#include "base/status.h"

namespace yupu::app {

Status recommend_rules(Arguments& arguments);

}  // namespace yupu::app
