#include "base/clock.h"

#include <chrono>

#include <fmt/format.h>

namespace yupu {
namespace {
constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr std::int64_t kShanghaiOffsetNs = 8 * 3600 * kNsPerSecond;

std::int64_t days_from_civil(int year, int month, int day) {
  return std::chrono::sys_days{std::chrono::year{year} / month / day}.time_since_epoch().count();
}
}  // namespace

std::int64_t SystemClock::now_ns() const {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::int64_t SystemClock::monotonic_ns() const {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::string format_utc(std::int64_t utc_ns) {
  const std::chrono::sys_time<std::chrono::nanoseconds> time{std::chrono::nanoseconds{utc_ns}};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::milliseconds>(time - day)};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

std::int64_t Month::begin_ns() const {
  return days_from_civil(year, month, 1) * 86'400 * kNsPerSecond - kShanghaiOffsetNs;
}

std::int64_t Month::end_ns() const {
  return month == 12 ? Month{year + 1, 1}.begin_ns() : Month{year, month + 1}.begin_ns();
}

std::string Month::to_string() const { return fmt::format("{:04}-{:02}", year, month); }

Month month_of(std::int64_t utc_ns) {
  const std::chrono::sys_time<std::chrono::nanoseconds> local{std::chrono::nanoseconds{utc_ns + kShanghaiOffsetNs}};
  const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(local)};
  return {static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month()))};
}

bool parse_month(std::string_view text, Month& month) {
  if (text.size() != 7 || text[4] != '-') return false;
  int digits[6] = {};
  int count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == 4) continue;
    if (text[i] < '0' || text[i] > '9') return false;
    digits[count++] = text[i] - '0';
  }
  month.year = digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3];
  month.month = digits[4] * 10 + digits[5];
  return month.year >= 1970 && month.month >= 1 && month.month <= 12;
}

}  // namespace yupu
