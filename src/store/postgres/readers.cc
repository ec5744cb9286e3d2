#include "store/postgres/readers.h"

#include <chrono>

namespace yupu::store {
namespace {

constexpr std::chrono::milliseconds kWait{5000};
constexpr const char* kBegin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

}  // namespace

Result<std::unique_ptr<PostgresConnection>> Readers::take() {
  {
    MutexLock lock(mutex_);
    const auto until = std::chrono::steady_clock::now() + kWait;
    while (taken_ >= connections_max_) {
      if (std::chrono::steady_clock::now() >= until) {
        return Status(Code::kResourceExhausted,
                      "store: all " + std::to_string(connections_max_) + " connections for reading are busy: retry");
      }
      given_back_.wait_for(mutex_, kWait);
    }
    ++taken_;
    if (!idle_.empty()) {
      std::unique_ptr<PostgresConnection> connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
  }
  auto opened = PostgresConnection::open(url_);
  if (!opened.ok()) give_back(nullptr);
  return opened;
}

void Readers::give_back(std::unique_ptr<PostgresConnection> connection) {
  {
    MutexLock lock(mutex_);
    --taken_;
    if (connection != nullptr && !connection->is_lost()) idle_.push_back(std::move(connection));
  }
  given_back_.notify_one();
}

Result<std::unique_ptr<PostgresConnection>> Readers::begin() {
  while (true) {
    YUPU_ASSIGN_OR_RETURN(std::unique_ptr<PostgresConnection> connection, take());
    const Status begun = connection->run(kBegin).status();
    if (begun.ok()) return connection;
    // It broke while it lay idle, and the others may have too: each that is found so is closed, then a new one is made.
    const bool was_lost = connection->is_lost();
    give_back(std::move(connection));
    if (!was_lost) return begun;
  }
}

void Readers::end(std::unique_ptr<PostgresConnection> connection) {
  const auto ended = connection->run("ROLLBACK");
  // In an odd state it is closed: give_back keeps what is not lost.
  if (!ended.ok()) connection.reset();
  give_back(std::move(connection));
}

}  // namespace yupu::store
