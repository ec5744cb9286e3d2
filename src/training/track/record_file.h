// A file that only grows, record by record: each record is one write(2), so that who reads along, or reads after a
// kill -9, never finds half of one.  A write that the disk cuts short is taken back (ftruncate).
// Threads  one owner.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace yupu::training {

class RecordFile {
 public:
  // Makes the folders and the file.  Outcomes  kConflict: the file is there already; kPermissionDenied, ...
  static Result<RecordFile> create(const std::string& path);
  RecordFile(RecordFile&& other) noexcept;
  RecordFile& operator=(RecordFile&&) = delete;
  RecordFile(const RecordFile&) = delete;
  ~RecordFile();

  // Outcomes  kResourceExhausted: the disk is full; the file is as it was before.
  Status append(std::string_view record);
  const std::string& path() const { return path_; }

 private:
  RecordFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  int fd_;
  std::string path_;
  std::int64_t end_ = 0;  // bytes of whole records
};

}  // namespace yupu::training
