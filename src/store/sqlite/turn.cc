#include "store/sqlite/turn.h"

#include <cerrno>
#include <chrono>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace yupu::store {
namespace {

constexpr std::chrono::milliseconds kStep(1);
constexpr std::chrono::seconds kPatience(1);  // a process that was stopped may have the turn

}  // namespace

Result<Turn> Turn::open(const std::string& path) {
  const int fd = ::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return errno_status(errno, "open " + path);
  return Turn(fd);
}

Turn::~Turn() {
  if (fd_ >= 0) ::close(fd_);  // leaves, if taken
}

Turn::Turn(Turn&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Turn& Turn::operator=(Turn&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

void Turn::take() {
  if (fd_ < 0) return;
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return;
    if (std::chrono::steady_clock::now() >= until) return;
    std::this_thread::sleep_for(kStep);
  }
}

void Turn::leave() {
  if (fd_ >= 0) ::flock(fd_, LOCK_UN);
}

}  // namespace yupu::store
