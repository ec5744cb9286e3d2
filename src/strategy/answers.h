// The approved answers of a bot: a TOML file of [[answer]] and [[slot]] tables, named by the strategy.
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"
#include "products/service/answers.h"

namespace yupu::strategy {

// [[answer]]  intent, title_zh, title_en, text_zh, text_en, source; all required. valid_from, valid_until: RFC 3339 or
// a
//             date, which begins and ends `utc_offset_minutes` ahead of UTC and counts to its end. channels: a list.
// [[slot]]    name, kind, prompt_zh, prompt_en; patterns (of order_number and text), least and most (of amount),
//             confirm_zh and confirm_en.
// Errors: file, line, key; file and intent where two answers do not go together.
Result<products::AnswerBook> load_answers(const std::string& path, std::int64_t utc_offset_minutes);

}  // namespace yupu::strategy
