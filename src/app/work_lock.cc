#include "app/work_lock.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace yupu::app {

Result<std::unique_ptr<WorkLock>> WorkLock::take(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return errno_status(errno, path);
  std::unique_ptr<WorkLock> lock(new WorkLock(file));
  if (::flock(file, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno == EWOULDBLOCK) return std::unique_ptr<WorkLock>();
  return errno_status(errno, path);
}

WorkLock::~WorkLock() { ::close(file_); }

}  // namespace yupu::app
