// A file, block by block, hashed on the way.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "base/status.h"

namespace yupu::data {

// The next bytes, valid until the next call; empty at the end. How the bytes are cut must not matter to a reader.
using NextBlock = std::function<Result<std::string_view>()>;

// The same bytes without a UTF-8 byte order mark in front.
NextBlock without_byte_order_mark(NextBlock next_block);

// Threads: one owner.
class FileBlocks {
 public:
  // Errors: kNotFound, kPermissionDenied, ...; kInvalidArgument for a folder or a file in UTF-16 or UTF-32.
  static Result<std::unique_ptr<FileBlocks>> open(const std::string& path, const std::string& shown);
  ~FileBlocks();
  FileBlocks(const FileBlocks&) = delete;
  FileBlocks& operator=(const FileBlocks&) = delete;

  Result<std::string_view> next();
  std::string sha256() { return hash_.finish_hex(); }  // once, after the last block
  std::int64_t bytes_read() const { return bytes_read_; }

 private:
  FileBlocks(int fd, std::string shown) : fd_(fd), shown_(std::move(shown)), block_(kBlockBytes) {}
  static constexpr std::size_t kBlockBytes = 1 << 18;
  int fd_;
  std::string shown_;
  std::vector<char> block_;
  Sha256 hash_;
  std::int64_t bytes_read_ = 0;
};

}  // namespace yupu::data
