// Times as people and other programs write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace yupu {

// UTC ns of "2026-11-27", "2026-11-27T08:30:00", with a fraction of up to nine digits, and "Z", "+08:00" or nothing
// (UTC) behind; a blank may stand for the T.  Nothing for anything else, for days that no calendar has and for times
// outside 1970 to 2261.
std::optional<std::int64_t> parse_utc(std::string_view text);

}  // namespace yupu
