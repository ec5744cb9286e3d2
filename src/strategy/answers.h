// The approved answers of a bot: a TOML file of [[answer]] tables, named by the strategy.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"
#include "products/service/bot.h"

namespace yupu::strategy {

// Keys of each: intent, title_zh, title_en, text_zh, text_en, source; all required. Errors: file, line, key.
Result<std::vector<products::Answer>> load_answers(const std::string& path);

}  // namespace yupu::strategy
