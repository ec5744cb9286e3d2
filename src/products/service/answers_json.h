// The approved answers as the console shows them: to be read, not changed.
#pragma once

#include <cstdint>

#include "base/json.h"
#include "products/service/answers.h"

namespace yupu::products {

// [{"intent", "title_zh", "title_en", "text_zh", "text_en", "source", "channels": [...] (none: all of them),
//   "valid_from", "valid_until": UTC or null, "holds": "now" | "later" | "over"}], by intent, in the file's order.
Json answers_json(const ApprovedAnswers& answers, std::int64_t now_ns);

}  // namespace yupu::products
