// Reads [[connector]]. Only for .cc files of this room: it shows toml++'s types.
#pragma once

#include "strategy/strategy.h"
#include "strategy/toml_reader.h"

namespace yupu::strategy {

// One of them. Errors name file, line and key; `check_files`: also a secret's file that is not there. After [commerce].
Status read_connector(const toml::table& table, Strategy& strategy, bool check_files);

}  // namespace yupu::strategy
