// The lines of a file that grows, from where it was left.
//
// Position: {"bytes": how far, "tail": SHA-256 of up to 256 bytes before it}. Where the file no longer has those bytes
// there (another one took its name), it is read from its beginning: documents that were read before have no effect.
// Threads  one owner.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace yupu::monitor {

class PushFile {
 public:
  struct Line {
    std::string text;       // without its end
    bool too_long = false;  // more than the limit: text holds the beginning
  };

  // `position`: as position() said, or empty.  Errors: kNotFound and what reading says; kInvalidArgument: `position` is
  // none.
  static Result<PushFile> open(const std::string& path, const std::string& position, std::size_t line_bytes_max);
  PushFile(PushFile&& other) noexcept;
  PushFile& operator=(PushFile&&) = delete;
  PushFile(const PushFile&) = delete;
  ~PushFile();

  // False at the end. A last line without its end is left for later unless `finished`: nobody writes on.
  Result<bool> next(Line& line, bool finished);
  // Behind the last line given.
  Result<std::string> position() const;
  bool starts_over() const { return starts_over_; }  // the file was not that of the position

 private:
  PushFile(int fd, std::string path, std::size_t line_bytes_max)
      : fd_(fd), path_(std::move(path)), line_bytes_max_(line_bytes_max) {}
  Result<std::string> read_at(std::int64_t begin, std::size_t count) const;
  Result<std::string> tail_before(std::int64_t end) const;

  int fd_ = -1;
  std::string path_;
  std::size_t line_bytes_max_ = 0;
  std::int64_t offset_ = 0;  // where the next line begins
  std::string block_;        // bytes of the file from block_begin_
  std::int64_t block_begin_ = 0;
  bool starts_over_ = false;
};

}  // namespace yupu::monitor
