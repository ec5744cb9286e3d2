// Reads [service] and [knowledge]. Only for .cc files of this room: it shows toml++'s types.
#pragma once

#include "strategy/strategy.h"
#include "strategy/toml_reader.h"

namespace yupu::strategy {

// Errors name file, line and key; `check_files`: also a file that is not there.
Status read_service(const toml::table& table, Strategy& strategy, bool check_files);
// The same; also a pattern that no file has.
Status read_knowledge(const toml::table& table, Strategy& strategy, bool check_files);

}  // namespace yupu::strategy
