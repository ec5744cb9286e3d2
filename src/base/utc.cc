#include "base/utc.h"

#include <chrono>

namespace yupu {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr int kYearLast = 2261;  // 64 bits of nanoseconds end in 2262

// Reads a text from the front.
class Digits {
 public:
  explicit Digits(std::string_view text) : rest_(text) {}
  bool at_end() const { return rest_.empty(); }
  // The next `count` bytes as a number; less than 0 when one of them is no digit.
  int number(std::size_t count) {
    if (rest_.size() < count) return -1;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') return -1;
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }
  bool any_of(std::string_view choices, char& taken) {
    if (rest_.empty() || choices.find(rest_.front()) == std::string_view::npos) return false;
    taken = rest_.front();
    rest_.remove_prefix(1);
    return true;
  }
  bool one(char c) {
    char taken = 0;
    return any_of(std::string_view(&c, 1), taken);
  }
  // ".123456789" as nanoseconds; 0 without a point, less than 0 when what follows is no fraction.
  std::int64_t fraction() {
    if (!one('.')) return 0;
    std::int64_t value = 0, unit = kNsPerSecond / 10;
    std::size_t count = 0;
    for (; count < rest_.size() && rest_[count] >= '0' && rest_[count] <= '9'; ++count) {
      value += unit * (rest_[count] - '0');
      unit /= 10;
    }
    if (count == 0 || count > 9) return -1;
    rest_.remove_prefix(count);
    return value;
  }

 private:
  std::string_view rest_;
};

// Seconds that a zone is east of UTC.
std::optional<std::int64_t> offset_of(Digits& digits) {
  char sign = 0;
  if (digits.at_end() || digits.one('Z')) return 0;
  if (!digits.any_of("+-", sign)) return std::nullopt;
  const int hours = digits.number(2);
  digits.one(':');
  const int minutes = digits.number(2);
  if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59) return std::nullopt;
  return (sign == '+' ? 1 : -1) * (hours * 3600 + minutes * 60);
}

}  // namespace

std::optional<std::int64_t> parse_utc(std::string_view text) {
  Digits digits(text);
  const int year = digits.number(4);
  if (!digits.one('-')) return std::nullopt;
  const int month = digits.number(2);
  if (!digits.one('-')) return std::nullopt;
  const int day = digits.number(2);
  if (year < 1970 || year > kYearLast || month < 0 || day < 0) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  std::int64_t seconds = std::chrono::sys_days{date}.time_since_epoch().count() * std::int64_t{86'400};
  std::int64_t fraction = 0;
  if (!digits.at_end()) {
    char between = 0;
    if (!digits.any_of("T ", between)) return std::nullopt;
    const int hour = digits.number(2);
    if (!digits.one(':')) return std::nullopt;
    const int minute = digits.number(2);
    if (!digits.one(':')) return std::nullopt;
    const int second = digits.number(2);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return std::nullopt;
    fraction = digits.fraction();
    const auto offset = offset_of(digits);
    if (fraction < 0 || !offset || !digits.at_end()) return std::nullopt;
    seconds += hour * 3600 + minute * 60 + second - *offset;
  }
  if (seconds < 0) return std::nullopt;
  return seconds * kNsPerSecond + fraction;
}

}  // namespace yupu
