#include "training/track/record_file.h"

#include <cerrno>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/file.h"

namespace yupu::training {

Result<RecordFile> RecordFile::create(const std::string& path) {
  YUPU_RETURN_IF_ERROR(make_directories(std::filesystem::path(path).parent_path().string()));
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0 && errno == EEXIST) return conflict(fmt::format("{} is there already", path));
  if (fd < 0) return errno_status(errno, "create " + path);
  return RecordFile(fd, path);
}

RecordFile::RecordFile(RecordFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)), end_(other.end_) {}

RecordFile::~RecordFile() {
  if (fd_ >= 0) ::close(fd_);
}

Status RecordFile::append(std::string_view record) {
  ssize_t written = 0;
  do {
    written = ::write(fd_, record.data(), record.size());
  } while (written < 0 && errno == EINTR);
  if (written == static_cast<ssize_t>(record.size())) {
    end_ += written;
    return ok_status();
  }
  const int error = written < 0 ? errno : ENOSPC;  // fewer bytes than asked for: there was no room for the rest
  if (written > 0 && ::ftruncate(fd_, end_) != 0) return errno_status(errno, "take back half a record of " + path_);
  return errno_status(error, "write " + path_);
}

}  // namespace yupu::training
