// Reads [service] and [knowledge]. Only for .cc files of this room: it shows toml++'s types.
#pragma once

#include "strategy/strategy.h"
#include "strategy/toml_reader.h"

namespace yupu::strategy {

// Errors name file, line and key; `check_files`: also a file that is not there.
Status read_service(const toml::table& table, Strategy& strategy, bool check_files);
// [[service.notify]], and console_url of [service].
Status read_notify(const toml::table& table, Strategy& strategy);
void read_console_url(TomlReader& reader, NotifyPlan& plan);
// The same; also a pattern that no file has.
Status read_knowledge(const toml::table& table, Strategy& strategy, bool check_files);

}  // namespace yupu::strategy
