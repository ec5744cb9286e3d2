// Code -> exit status, once (docs: src/base/status.h).
#pragma once

#include "base/status.h"

namespace yupu::app {
int exit_code(const Status& status);
}  // namespace yupu::app
