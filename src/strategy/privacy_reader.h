// Reads [privacy]. Only for .cc files of this room: it shows toml++'s types.
#pragma once

#include "strategy/strategy.h"
#include "strategy/toml_reader.h"

namespace yupu::strategy {

// Errors name file, line and key.
Status read_privacy(const toml::table& table, Strategy& strategy);

}  // namespace yupu::strategy
