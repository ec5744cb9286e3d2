// "03:00": a time of the day by the shop's clocks. Only for .cc files of this room: it shows toml++'s types.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "strategy/toml_reader.h"

namespace yupu::strategy {

// In minutes of the day; `out` stays where nothing is said.
void read_time_of_day(TomlReader& reader, std::string_view key, std::optional<std::int64_t>& out);

}  // namespace yupu::strategy
