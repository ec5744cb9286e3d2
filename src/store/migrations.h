// The schema, version by version, compiled in from migrations/NNNN_name.sql by CMakeLists.txt.
// A migration is never edited once it is released: a store remembers the SHA-256 of each one it has applied and is
// refused when the binary's differs.
#pragma once

#include <span>
#include <string_view>

namespace yupu::store {

struct Migration {
  int version = 0;  // 1, 2, 3, ... without gaps
  std::string_view name;
  std::string_view sha256;  // of the file
  std::string_view sql;
};

std::span<const Migration> migrations();

}  // namespace yupu::store
