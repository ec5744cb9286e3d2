// Days named by how far they are from today.
//
//   named      今天, 大后天, 昨晚; today, the day after tomorrow
//   distance   三天后, 3天前, 两周后; two weeks ago, in 3 days, 10 days from now
//   weekday    周五, 下周一, 上个星期天; friday, next monday, last sunday
//   month      下个月5号, 本月十五日
//
// A week begins on Monday. A weekday alone is the next one, today included; "this" and 这/本: of this week; "next" and
// 下: of the next week; 上: of the week before; "last friday": the latest before today. A month that is added keeps the
// day of the month, or ends on its last.
//
// Threads: pure function.
#pragma once

#include <optional>
#include <string_view>

#include "products/service/conversation/civil_date.h"

namespace yupu::products {

// The one that begins at byte `at` of a text in lower case; its span begins there. Without a date: no such day
// (下个月31号).
std::optional<DateReading> read_relative_date(std::string_view text, std::size_t at, CivilDate today);

}  // namespace yupu::products
