// Reads [widget]. Only for .cc files of this room: it shows toml++'s types.
#pragma once

#include "strategy/strategy.h"
#include "strategy/toml_reader.h"

namespace yupu::strategy {

// Errors name file, line and key; `check_files`: also a file that is not there. After [service] and [commerce].
Status read_widget(const toml::table& table, Strategy& strategy, bool check_files);

}  // namespace yupu::strategy
