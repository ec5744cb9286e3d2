// Connections for reading: a bounded number, kept open between reads.
// Threads   any; a connection that was taken belongs to the thread that took it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "base/status.h"
#include "store/postgres/connection.h"

namespace yupu::store {

class Readers {
 public:
  Readers(std::string url, std::size_t connections_max) : url_(std::move(url)), connections_max_(connections_max) {}

  // One that stands in a transaction of its own, on a snapshot of the moment. A connection that broke while it lay
  // idle is replaced.
  // Errors: kResourceExhausted: all are taken, for longer than a read should last; those of PostgresConnection::open.
  Result<std::unique_ptr<PostgresConnection>> begin();
  // Ends the transaction.
  void end(std::unique_ptr<PostgresConnection> connection);

 private:
  Result<std::unique_ptr<PostgresConnection>> take();
  void give_back(std::unique_ptr<PostgresConnection> connection);

  const std::string url_;
  const std::size_t connections_max_;
  Mutex mutex_;
  Condition given_back_;
  std::size_t taken_ YUPU_GUARDED_BY(mutex_) = 0;
  std::vector<std::unique_ptr<PostgresConnection>> idle_ YUPU_GUARDED_BY(mutex_);
};

}  // namespace yupu::store
