#include "strategy/time_of_day.h"

#include <string>

#include <fmt/format.h>

namespace yupu::strategy {

void read_time_of_day(TomlReader& reader, std::string_view key, std::optional<std::int64_t>& out) {
  std::string text;
  reader.text(key, text);
  if (!reader.has(key)) return;
  const auto digit = [&text](std::size_t at) {
    return text[at] >= '0' && text[at] <= '9' ? std::int64_t{text[at] - '0'} : std::int64_t{100};
  };
  if (text.size() == 5 && text[2] == ':') {
    const std::int64_t hours = digit(0) * 10 + digit(1);
    const std::int64_t minutes = digit(3) * 10 + digit(4);
    if (hours < 24 && minutes < 60) {
      out = hours * 60 + minutes;
      return;
    }
  }
  reader.fail(key, fmt::format("must be like \"03:00\", not \"{}\"", text));
}

}  // namespace yupu::strategy
