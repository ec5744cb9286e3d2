// For benches: the rows of a Profile as text.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "engine/profile.h"

namespace yupu::engine {

// One CSV row per kind of work, the longest first: ms of one of `steps` steps, share of `total_s`, GFLOP/s where known.
// What no scope has seen comes last.
inline void print_profile(std::string_view name, const Profile& profile, int steps, double total_s) {
  std::vector<ProfileRow> rows = profile.rows();
  std::sort(rows.begin(), rows.end(), [](const ProfileRow& a, const ProfileRow& b) { return a.seconds > b.seconds; });
  double inside_s = 0;
  const auto line = [&](std::string_view kind, double seconds, double flops) {
    fmt::print("kind,{},{},{:.3f} ms,{:.1f} %{}\n", name, kind, 1e3 * seconds / steps, 100 * seconds / total_s,
               flops > 0 ? fmt::format(",{:.1f} GFLOP/s", flops / seconds * 1e-9) : "");
  };
  for (const ProfileRow& row : rows) {
    line(row.kind, row.seconds, row.flops);
    inside_s += row.seconds;
  }
  line("everything else", total_s - inside_s, 0);
}

}  // namespace yupu::engine
