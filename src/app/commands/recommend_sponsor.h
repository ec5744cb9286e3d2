// Items that somebody pays for, beside the lists.
#pragma once

#include "app/arguments.h"
#include "base/status.h"

namespace yupu::app {

Status sponsor_recommend(Arguments& arguments);

}  // namespace yupu::app
