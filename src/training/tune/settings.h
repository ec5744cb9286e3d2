// Which options of training a search may set, each a row of one table: its name, what values it takes and where they
// go. Used for the space ([tune.space.NAME]) and for what stays fixed ([tune.fixed]).  Threads  pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/status.h"
#include "training/training.h"
#include "training/tune/space.h"

namespace yupu::training::tune {

// Sets one option.  Outcomes  kInvalidArgument: no such option (the known ones are named), or a value that it does not
// take (which ones it does is named).
Status apply_setting(const std::string& name, const Json& value, TrainOptions& options);

// Every value that the parameter may take is one the option takes.
Status check_settable(const Parameter& parameter);

std::string known_settings();  // "base, batch_size, ..."

}  // namespace yupu::training::tune
