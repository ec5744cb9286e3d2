// A file that one process at a time holds: what a killed one held is free at once.
// Threads  one owner.
#pragma once

#include <memory>
#include <string>

#include "base/status.h"

namespace yupu::app {

class WorkLock {
 public:
  // Makes the file where it is not there. Null: another process holds it. Errors: errno_status(), with the path.
  static Result<std::unique_ptr<WorkLock>> take(const std::string& path);
  ~WorkLock();
  WorkLock(const WorkLock&) = delete;
  WorkLock& operator=(const WorkLock&) = delete;

 private:
  explicit WorkLock(int file) : file_(file) {}
  int file_;
};

}  // namespace yupu::app
