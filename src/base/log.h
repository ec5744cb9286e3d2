// One line per event on standard error: `2026-11-24T03:38:00.123Z level=info event=model_loaded name=shop
// duration_ms=12`. Levels mean: error = act, warn = look, info = follow. Never a user's text, never a secret. Threads:
// any.  Each line is one write(2).
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace yupu::log {

struct Field {
  Field(std::string_view k, std::string_view v) : key(k), value(v) {}
  Field(std::string_view k, const char* v) : key(k), value(v) {}
  Field(std::string_view k, const std::string& v) : key(k), value(v) {}
  Field(std::string_view k, std::integral auto v) : key(k), value(std::to_string(v)) {}
  Field(std::string_view k, double v);
  std::string_view key;
  std::string value;
};

enum class Level : std::uint8_t { kInfo, kWarn, kError, kNone };
void set_level(Level at_least);  // kNone: silent
void info(std::string_view event, std::initializer_list<Field> fields = {});
void warn(std::string_view event, std::initializer_list<Field> fields = {});
void error(std::string_view event, std::initializer_list<Field> fields = {});

}  // namespace yupu::log
