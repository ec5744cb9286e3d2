#include "commerce/keys/pepper.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/ids.h"
#include "commerce/change.h"

namespace yupu::commerce {
namespace {

constexpr std::size_t kPepperBytes = 32;

Status write_new(const std::string& path, std::string_view text) {
  const int fd = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (fd < 0) return errno_status(errno, "create " + path);
  const ssize_t written = ::write(fd, text.data(), text.size());
  const int write_errno = written < 0 ? errno : ENOSPC;
  const bool is_whole = written == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
  ::close(fd);
  return is_whole ? ok_status() : errno_status(write_errno, "write " + path);
}

// Two processes may start at once: each writes a file of its own, link(2) lets the first one win, both read the
// winner's.
Status create_pepper(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  if (!folder.empty()) {
    YUPU_RETURN_IF_ERROR(make_directories(folder));
    if (::chmod(folder.c_str(), 0700) != 0) return errno_status(errno, "chmod 700 " + folder);
  }
  const std::string own = path + "." + random_id("new");
  Status status = write_new(own, to_hex(random_bytes(kPepperBytes)) + "\n");
  if (status.ok() && ::link(own.c_str(), path.c_str()) != 0 && errno != EEXIST)
    status = errno_status(errno, "create " + path);
  ::unlink(own.c_str());
  return status;
}

Result<Pepper> read_pepper(const std::string& path) {
  struct stat info = {};
  if (::stat(path.c_str(), &info) != 0) return errno_status(errno, "read " + path);
  if ((info.st_mode & 077) != 0) {
    return Status(Code::kPermissionDenied, path + " can be read by others; run: chmod 600 " + path);
  }
  YUPU_ASSIGN_OR_RETURN(std::string text, read_file(path, 1024));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  const bool is_hex =
      std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (text.size() != 2 * kPepperBytes || !is_hex)
    return invalid_argument(path + " is not a pepper: expected 64 hex digits");
  return Pepper{text};
}

Status check_answer(store::Store& store, const std::string& path, const Pepper& pepper) {
  const std::string answer = to_hex(hmac_sha256(pepper.bytes, "yupu pepper check 1"));
  return store.write([&](store::Transaction& transaction) -> Status {
    YUPU_RETURN_IF_ERROR(
        transaction
            .execute("INSERT INTO secret_check (name, answer) VALUES ('pepper', ?) ON CONFLICT (name) DO NOTHING",
                     {answer})
            .status());
    YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query("SELECT answer FROM secret_check WHERE name = 'pepper'"));
    if (equal_constant_time(rows.at(0).text(0), answer)) return ok_status();
    return conflict(path + " is not the pepper this store's keys were made with: put the right file back");
  });
}

}  // namespace

Result<Pepper> open_pepper(store::Store& store, const std::string& path) {
  if (!file_exists(path)) {
    YUPU_ASSIGN_OR_RETURN(const auto rows, read_rows(store, "SELECT 1 FROM secret_check WHERE name = 'pepper'"));
    if (!rows.empty()) {
      return conflict(path + " is missing, and without it no key of this store works: restore it from the backup");
    }
    YUPU_RETURN_IF_ERROR(create_pepper(path));
  }
  YUPU_ASSIGN_OR_RETURN(Pepper pepper, read_pepper(path));
  YUPU_RETURN_IF_ERROR(check_answer(store, path, pepper));
  return pepper;
}

}  // namespace yupu::commerce
