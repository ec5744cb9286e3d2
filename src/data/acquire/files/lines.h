// Lines of a stream of bytes: LF or CRLF ends one, the last needs none, a UTF-8 byte order mark in front is skipped.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"
#include "data/acquire/files/blocks.h"
#include "data/source.h"

namespace yupu::data {

struct Line {
  std::int64_t number = 0;  // 1 is the first
  std::string text;         // without its end
  bool too_long = false;    // more than `line_bytes_max`: text holds the beginning
};

// Threads: one owner.
class LineReader {
 public:
  explicit LineReader(NextBlock next_block, std::size_t line_bytes_max = kRecordBytesMax)
      : next_block_(without_byte_order_mark(std::move(next_block))), line_bytes_max_(line_bytes_max) {}
  // False at the end.
  Result<bool> next(Line& line);

 private:
  void append(Line& line, std::string_view piece) const;
  NextBlock next_block_;
  std::size_t line_bytes_max_;
  std::string_view block_;
  std::int64_t number_ = 0;
  bool ended_ = false;
};

}  // namespace yupu::data
