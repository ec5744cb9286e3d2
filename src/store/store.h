// The store: rows that survive a kill -9.  One writer, many readers; SQLite embedded, PostgreSQL beside it.
//
// SQL outside this room is the portable subset both engines speak (INSERT ... ON CONFLICT, RETURNING, `?` parameters,
// INTEGER = 64-bit, TEXT = UTF-8 or bytes); dialects, pragmas and migrations stay in here.
//
// Durability   write() returns OK only after the rows are on disk (SQLite: WAL, synchronous=FULL). Writes that arrive
//              while the disk is busy are committed together (group commit), each in its own savepoint: one that fails
//              is rolled back alone.
// Threads      every member may be called from any thread. `work` of a write runs on the writer thread: it must not
// block
//              on anything but the store, and never call the store again.
// Errors       kConflict (unique key), kResourceExhausted (disk full), kUnavailable (locked by another process,
// closed),
//              kInternal (corrupt file). After an error nothing of that `work` is kept.
#pragma once

#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/status.h"

namespace yupu::store {

using Value = std::variant<std::nullptr_t, std::int64_t, double, std::string>;

// One result row.  Reading a column as another type than it has is a bug (CHECK).
class Row {
 public:
  explicit Row(std::vector<Value> values) : values_(std::move(values)) {}
  std::size_t size() const { return values_.size(); }
  bool is_null(std::size_t column) const;
  std::int64_t integer(std::size_t column) const;
  double real(std::size_t column) const;  // an integer column reads as a real too
  const std::string& text(std::size_t column) const;

 private:
  std::vector<Value> values_;
};

class Transaction {
 public:
  virtual ~Transaction() = default;
  // Rows changed.
  virtual Result<std::int64_t> execute(std::string_view sql, std::span<const Value> parameters) = 0;
  virtual Result<std::vector<Row>> query(std::string_view sql, std::span<const Value> parameters) = 0;

  Result<std::int64_t> execute(std::string_view sql, std::initializer_list<Value> parameters = {}) {
    return execute(sql, std::span<const Value>(parameters.begin(), parameters.size()));
  }
  Result<std::vector<Row>> query(std::string_view sql, std::initializer_list<Value> parameters = {}) {
    return query(sql, std::span<const Value>(parameters.begin(), parameters.size()));
  }
};

using Work = std::function<Status(Transaction&)>;

class Store {
 public:
  virtual ~Store() = default;

  // Runs `work` in a write transaction and waits until it is durable.
  virtual Status write(Work work) = 0;
  // The same without waiting: `done` runs on the writer thread after the commit (or failure), in the order of queueing.
  virtual void write_async(Work work, std::function<void(Status)> done) = 0;
  // Runs `work` on a consistent snapshot; writing inside it is an error.
  virtual Status read(const Work& work) = 0;
};

// `sqlite:PATH` (":memory:" for tests) or `postgresql://...`; applies the migrations. The caller owns the store; it is
// closed (writer drained) by its destructor. Errors: kInvalidArgument for an unknown scheme, else as above.
Result<std::unique_ptr<Store>> open_store(const std::string& url);

}  // namespace yupu::store
