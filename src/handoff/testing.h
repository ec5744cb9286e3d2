// For tests only: what long work notes, line by line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "handoff/progress.h"

namespace yupu::handoff::testing {

struct Notes final : Progress {
  void begin(std::string_view, std::int64_t, std::int64_t) override {}
  void update(std::int64_t, std::string_view) override {}
  void end(std::string_view) override {}
  void note(std::string_view line) override { lines.emplace_back(line); }

  std::vector<std::string> lines;
};

}  // namespace yupu::handoff::testing
