// Reads [[monitor.route]]. Only for .cc files of this room: it shows toml++'s types.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "strategy/strategy.h"
#include "strategy/toml_reader.h"

namespace yupu::strategy {

// What a route of any product has: its name, kind, address, secrets and language.
void read_route(TomlReader& reader, monitor::Route& route, RouteSecrets& secrets);

// After [[monitor.topic]].  Errors name file, line and key.
Status read_monitor_route(const toml::table& table, const std::string& file, MonitorPlan& plan);

// A duration in the file's unit; `out_ns` stays where nothing is said.
void read_duration(TomlReader& reader, std::string_view key, std::int64_t unit_ns, std::int64_t least,
                   std::int64_t most, std::int64_t& out_ns);

}  // namespace yupu::strategy
