// The store: rows that survive a kill -9.  One writer, many readers; SQLite embedded, PostgreSQL beside it.
//
// SQL outside this room is the portable subset both engines speak (docs/adr/0004-postgresql.md lists it; INSERT ... ON
// CONFLICT, RETURNING, `?` parameters, INTEGER = 64-bit, TEXT = UTF-8 or bytes); dialects, pragmas and migrations stay
// in here.
//
// Durability   write() returns OK only after the rows are on disk (SQLite: WAL, synchronous=FULL; PostgreSQL:
//              synchronous_commit). Writes that arrive while the disk is busy are committed together (group commit),
//              each in its own savepoint: one that fails is rolled back alone.
// Order        write transactions run one after the other, also those of other processes on the same store: what a
//              write reads, nobody changes before it is committed, and numbers given in writes grow in the order of
//              their commits.
// Threads      every member may be called from any thread. `work` of a write runs on the writer thread: it must not
//              block on anything but the store, and never call the store again.
// Once more    a `work` of a write that came to nothing because the database stopped it or went away may run again:
//              what it hands out it assigns, never adds to. A `work` of a read runs once.
// Errors       kConflict (unique key), kResourceExhausted (disk full), kUnavailable (locked by another process, closed,
//              server away), kInternal (corrupt file). After an error nothing of that `work` is kept; after a statement
//              has failed, the `work` must fail too.
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

class TextEngine;

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

  // How words are indexed in this transaction's database: for text_index.cc alone.
  virtual const TextEngine& text_engine() const;
};

// The right to be the only one, among all processes on a store, that does a piece of work. Ends with the object.
class Lead {
 public:
  virtual ~Lead() = default;
  // False once the right is lost, because the connection it hung on broke: somebody else may have it now.
  virtual bool is_held() { return true; }
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

  // Whether several servers may stand on this store at once. Then what they tell each other goes through its rows.
  virtual bool is_shared() const { return false; }
  // The lead of the work `name`; null while another process has it. A store of one server gives it always.
  virtual Result<std::unique_ptr<Lead>> lead(std::string_view name);
  // What deleted rows leave behind: scrub.h.
  virtual Status clear_deleted() { return ok_status(); }
};

// `sqlite:PATH` (":memory:" for tests) or `postgresql://USER@HOST:PORT/DATABASE?...` (libpq's connection URI); applies
// the migrations. The caller owns the store; it is closed (writer drained) by its destructor. Errors: kInvalidArgument
// for an unknown scheme, else as above.
Result<std::unique_ptr<Store>> open_store(const std::string& url);

}  // namespace yupu::store
