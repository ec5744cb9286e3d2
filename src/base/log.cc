#include "base/log.h"

#include <atomic>

#include <fmt/format.h>
#include <unistd.h>

#include "base/clock.h"

namespace yupu::log {
namespace {
std::atomic<Level> least_level{Level::kInfo};

bool needs_quotes(std::string_view value) {
  return value.empty() || value.find_first_of(" \"=\n\t") != std::string_view::npos;
}

void write_line(Level level, std::string_view name, std::string_view event, std::initializer_list<Field> fields) {
  if (level < least_level.load(std::memory_order_relaxed)) return;
  std::string line = fmt::format("{} level={} event={}", format_utc(SystemClock().now_ns()), name, event);
  for (const Field& field : fields) {
    line += ' ';
    line += field.key;
    line += '=';
    if (!needs_quotes(field.value)) {
      line += field.value;
      continue;
    }
    line += '"';
    for (const char c : field.value) {
      if (c == '"' || c == '\\') line += '\\';
      line += (c == '\n' || c == '\r') ? ' ' : c;
    }
    line += '"';
  }
  line += '\n';
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}
}  // namespace

Field::Field(std::string_view k, double v) : key(k), value(fmt::format("{:.6g}", v)) {}

void set_level(Level at_least) { least_level = at_least; }
void info(std::string_view event, std::initializer_list<Field> fields) {
  write_line(Level::kInfo, "info", event, fields);
}
void warn(std::string_view event, std::initializer_list<Field> fields) {
  write_line(Level::kWarn, "warn", event, fields);
}
void error(std::string_view event, std::initializer_list<Field> fields) {
  write_line(Level::kError, "error", event, fields);
}

}  // namespace yupu::log
