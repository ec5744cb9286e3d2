#include "base/file.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/builtin.h"
#include "base/hash.h"

namespace yupu {
namespace {

// Closes on every path; the only owner of a descriptor inside a function.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

Status write_all(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno_status(errno, "write " + path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return ok_status();
}

std::string folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

Status sync_folder(const std::string& folder) {
  const Descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0 || ::fsync(fd.get()) != 0) return errno_status(errno, "sync folder " + folder);
  return ok_status();
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t bytes_max) {
  if (const auto builtin = builtin_file(path)) {
    if (builtin->size() > bytes_max) {
      return Status(Code::kTooLarge, fmt::format("{}: larger than {} bytes", path, bytes_max));
    }
    return std::string(*builtin);
  }
  const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) return errno_status(errno, "open " + path);
  std::string content;
  char block[1 << 16];
  while (true) {
    const ssize_t got = ::read(fd.get(), block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_status(errno, "read " + path);
    if (got == 0) return content;
    if (content.size() + static_cast<std::size_t>(got) > bytes_max) {
      return Status(Code::kTooLarge, fmt::format("{}: larger than {} bytes", path, bytes_max));
    }
    content.append(block, static_cast<std::size_t>(got));
  }
}

Status write_file_atomic(const std::string& path, std::string_view bytes) {
  const std::string staged = fmt::format("{}.tmp.{}", path, ::getpid());
  {
    const Descriptor fd(::open(staged.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (fd.get() < 0) return errno_status(errno, "create " + staged);
    Status status = write_all(fd.get(), bytes, staged);
    if (status.ok() && ::fsync(fd.get()) != 0) status = errno_status(errno, "sync " + staged);
    if (!status.ok()) {
      ::unlink(staged.c_str());
      return status;
    }
  }
  if (::rename(staged.c_str(), path.c_str()) != 0) {
    Status status = errno_status(errno, "rename to " + path);
    ::unlink(staged.c_str());
    return status;
  }
  return sync_folder(folder_of(path));
}

Status make_directories(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return errno_status(error.value(), "make folder " + path);
  return ok_status();
}

bool file_exists(const std::string& path) {
  if (path.starts_with(kBuiltinPrefix)) {
    const std::vector<std::string> folders = builtin_folders();
    if (builtin_file(path) || std::find(folders.begin(), folders.end(), path) != folders.end()) return true;
  }
  std::error_code error;
  return std::filesystem::exists(path, error);
}

Status remove_tree(const std::string& path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  if (error) return errno_status(error.value(), "remove " + path);
  return ok_status();
}

Status replace_file(const std::string& staged, const std::string& target) {
  if (::rename(staged.c_str(), target.c_str()) != 0) return errno_status(errno, "rename to " + target);
  return sync_folder(folder_of(target));
}

Status replace_directory(const std::string& staged, const std::string& target) {
  YUPU_RETURN_IF_ERROR(sync_folder(staged));
  const std::string old = target + ".old";
  YUPU_RETURN_IF_ERROR(remove_tree(old));
  if (file_exists(target) && ::rename(target.c_str(), old.c_str()) != 0)
    return errno_status(errno, "move away " + target);
  if (::rename(staged.c_str(), target.c_str()) != 0) return errno_status(errno, "rename to " + target);
  YUPU_RETURN_IF_ERROR(sync_folder(folder_of(target)));
  return remove_tree(old);
}

Result<std::string> file_sha256(const std::string& path) {
  if (const auto builtin = builtin_file(path)) return sha256_hex(*builtin);
  const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) return errno_status(errno, "open " + path);
  Sha256 hash;
  char block[1 << 16];
  while (true) {
    const ssize_t got = ::read(fd.get(), block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_status(errno, "read " + path);
    if (got == 0) return hash.finish_hex();
    hash.update({block, static_cast<std::size_t>(got)});
  }
}

Result<MappedFile> MappedFile::open(const std::string& path, Access access) {
  if (const auto builtin = builtin_file(path)) return MappedFile(builtin->data(), builtin->size(), false);
  const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) return errno_status(errno, "open " + path);
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return errno_status(errno, "stat " + path);
  if (!S_ISREG(info.st_mode)) return invalid_argument(path + ": not a regular file");
  if (info.st_size == 0) return MappedFile(nullptr, 0, false);
  const bool writable = access == Access::kPrivate;
  const int protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
  // Without reservation: hardly a page of it will be written.
  void* data =
      ::mmap(nullptr, static_cast<std::size_t>(info.st_size), protection, MAP_PRIVATE | MAP_NORESERVE, fd.get(), 0);
  if (data == MAP_FAILED) return errno_status(errno, "map " + path);
  return MappedFile(static_cast<const char*>(data), static_cast<std::size_t>(info.st_size), writable);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(other.data_), size_(other.size_), writable_(other.writable_) {
  other.data_ = nullptr;
  other.size_ = 0;
}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(writable_, other.writable_);
  return *this;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr && !is_builtin(data_)) ::munmap(const_cast<char*>(data_), size_);
}

Result<FileWriter> FileWriter::create(const std::string& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return errno_status(errno, "create " + path);
  return FileWriter(fd, path);
}

FileWriter::FileWriter(FileWriter&& other) noexcept
    : fd_(other.fd_), path_(std::move(other.path_)), buffer_(std::move(other.buffer_)) {
  other.fd_ = -1;
}

FileWriter::~FileWriter() {
  if (fd_ >= 0) ::close(fd_);
}

Status FileWriter::write(std::string_view bytes) {
  buffer_ += bytes;
  return buffer_.size() >= (1 << 18) ? flush() : ok_status();
}

Status FileWriter::flush() {
  Status status = write_all(fd_, buffer_, path_);
  buffer_.clear();
  return status;
}

Status FileWriter::close() {
  YUPU_RETURN_IF_ERROR(flush());
  if (::fsync(fd_) != 0) return errno_status(errno, "sync " + path_);
  const int fd = fd_;
  fd_ = -1;
  if (::close(fd) != 0) return errno_status(errno, "close " + path_);
  return ok_status();
}

}  // namespace yupu
