// Whose turn it is to begin a transaction, among the processes that write one database.
//
// SQLite's write lock has no queue: whoever waits for it looks again and again, and a server that begins its next
// transaction within microseconds of the last COMMIT takes it away from a command for seconds. So the wait itself is
// a lock: who has it is the next to write, and everybody else, the server too, comes after.
//
//   server   [turn][write .......]        [turn .....][write
//   command           [turn .....][write.]
//
// It is a courtesy, not what keeps the data right: who does not get it within a second goes on to SQLite's own lock.
#pragma once

#include <string>

#include "base/status.h"

namespace yupu::store {

class Turn {
 public:
  Turn() = default;                                   // of a database that no other process writes: never waits
  static Result<Turn> open(const std::string& path);  // the file to lock, made with mode 0600 if missing
  ~Turn();
  Turn(Turn&& other) noexcept;
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  Turn& operator=(Turn&& other) noexcept;

  void take();   // waits for at most a second
  void leave();  // nothing if not taken

 private:
  explicit Turn(int fd) : fd_(fd) {}

  int fd_ = -1;
};

}  // namespace yupu::store
