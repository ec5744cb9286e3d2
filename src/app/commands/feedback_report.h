// yupu feedback report: what a bot has done in a period, and its calls as a file.
#pragma once

#include "app/arguments.h"
#include "base/status.h"

namespace yupu::app {

Status feedback_report(Arguments& arguments);

}  // namespace yupu::app
