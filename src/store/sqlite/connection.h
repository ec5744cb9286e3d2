// One SQLite connection: statements prepared once, codes turned into Status.
// Threads: one at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <sqlite3.h>

#include "base/status.h"
#include "base/text_hash.h"
#include "store/store.h"

namespace yupu::store {

struct ConnectionOptions {
  std::string path;           // file, or the URI of a named in-memory database
  bool is_read_only = false;  // refuses every statement that writes
  bool is_memory = false;
  int busy_timeout_ms = 5000;  // how long to wait for another process's write lock
};

struct LockWait {
  int timeout_ms = 0;
  std::chrono::steady_clock::time_point until;
};

class Connection {
 public:
  static Result<std::unique_ptr<Connection>> open(const ConnectionOptions& options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Result<std::int64_t> execute(std::string_view sql, std::span<const Value> parameters = {});
  Result<std::vector<Row>> query(std::string_view sql, std::span<const Value> parameters = {});
  Status run_script(const std::string& sql);  // several statements, no parameters
  bool in_transaction() const { return sqlite3_get_autocommit(database_) == 0; }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

  Connection(sqlite3* database, const ConnectionOptions& options)
      : database_(database), path_(options.path), wait_{.timeout_ms = options.busy_timeout_ms, .until = {}} {}
  Result<sqlite3_stmt*> prepare(std::string_view sql);
  Status bind(sqlite3_stmt* statement, std::string_view sql, std::span<const Value> parameters);
  Status failure(int code, std::string_view sql) const;

  sqlite3* database_;
  std::string path_;
  LockWait wait_;
  std::unordered_map<std::string, Statement, TextHash, std::equal_to<>> statements_;
};

}  // namespace yupu::store
