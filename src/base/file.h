// Files: whole reads, atomic writes, read-only maps. Errors name the path; a full disk is kResourceExhausted and leaves
// the old file as it was.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace yupu {

Result<std::string> read_file(const std::string& path, std::size_t bytes_max = SIZE_MAX);

// Writes beside the target, fsyncs, renames over it, fsyncs the folder: after a crash either the old or the new
// content.
Status write_file_atomic(const std::string& path, std::string_view bytes);

Status make_directories(const std::string& path);  // mkdir -p
bool file_exists(const std::string& path);
Status remove_tree(const std::string& path);  // absent is fine
// Renames `staged` (written, synced and closed) over `target` and syncs the folder.
Status replace_file(const std::string& staged, const std::string& target);
// Makes `target` be what `staged` is (a finished folder), replacing an older one; both on one file system.
Status replace_directory(const std::string& staged, const std::string& target);
Result<std::string> file_sha256(const std::string& path);

// A memory map.  kRead: read-only.  kPrivate: may be written too; what is written is the process's own, page by page,
// and never reaches the file.
// A file that is replaced by renaming another over it (as everything here does) stays under the map as it was.  One
// that is written in place changes under the map, and reading beyond where it was cut off ends the process (SIGBUS):
// whoever runs for long copies what it needs. Threads: any, once opened.
class MappedFile {
 public:
  enum class Access : std::uint8_t { kRead, kPrivate };
  static Result<MappedFile> open(const std::string& path, Access access = Access::kRead);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();
  std::string_view bytes() const { return {data_, size_}; }
  bool writable() const { return writable_; }  // false for a built-in file

 private:
  MappedFile(const char* data, std::size_t size, bool writable) : data_(data), size_(size), writable_(writable) {}
  const char* data_ = nullptr;
  std::size_t size_ = 0;
  bool writable_ = false;
};

// Appends to a file through a buffer; close() flushes and reports. Threads: one owner.
class FileWriter {
 public:
  static Result<FileWriter> create(const std::string& path);
  FileWriter(FileWriter&& other) noexcept;
  FileWriter& operator=(FileWriter&&) = delete;
  FileWriter(const FileWriter&) = delete;
  ~FileWriter();
  Status write(std::string_view bytes);
  Status close();  // flush + fsync

 private:
  FileWriter(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  Status flush();
  int fd_ = -1;
  std::string path_;
  std::string buffer_;
};

}  // namespace yupu
