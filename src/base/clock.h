// Time is passed in, so that a test can hold it still. Units: nanoseconds since 1970-01-01T00:00:00Z, no leap seconds.
// Threads: every member may be called from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace yupu {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::int64_t now_ns() const = 0;        // wall time, UTC ns
  virtual std::int64_t monotonic_ns() const = 0;  // for durations and deadlines
};

class SystemClock final : public Clock {
 public:
  std::int64_t now_ns() const override;
  std::int64_t monotonic_ns() const override;
};

class FakeClock final : public Clock {
 public:
  explicit FakeClock(std::int64_t start_ns) : now_ns_(start_ns) {}
  std::int64_t now_ns() const override { return now_ns_.load(); }
  std::int64_t monotonic_ns() const override { return now_ns_.load(); }
  void advance_ns(std::int64_t delta_ns) { now_ns_ += delta_ns; }
  void set_ns(std::int64_t now_ns) { now_ns_ = now_ns; }

 private:
  std::atomic<std::int64_t> now_ns_;
};

// "2026-11-24T03:38:00.123Z" (milliseconds, UTC).
std::string format_utc(std::int64_t utc_ns);

// A calendar month in Asia/Shanghai (UTC+8, no summer time): commerce's billing period.
struct Month {
  int year = 1970;
  int month = 1;                  // 1..12
  std::int64_t begin_ns() const;  // first instant, UTC ns
  std::int64_t end_ns() const;    // first instant of the next month
  std::string to_string() const;  // "2026-11"
  bool operator==(const Month&) const = default;
};
Month month_of(std::int64_t utc_ns);
bool parse_month(std::string_view text, Month& month);  // "YYYY-MM"

}  // namespace yupu
