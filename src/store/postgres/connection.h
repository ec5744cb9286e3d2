// One connection to a PostgreSQL server (libpq): statements prepared once, errors turned into Status.
//
// Values    INTEGER and sums of it come back as integers, whatever width they have there; a boolean as 0 or 1; a text
//           as the bytes that were written (text_form.h).
// Lost      when the server goes away every call fails with kUnavailable and is_lost() is true from then on: a new
//           connection is needed. A transaction it was in is gone with it.
// Secrets   messages name host and database, never the URL, which may hold a password.
// Threads   one at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <libpq-fe.h>

#include "base/status.h"
#include "base/text_hash.h"
#include "store/store.h"

namespace yupu::store {

class PostgresConnection {
 public:
  // `url`: libpq's connection URI. What it leaves open is looked up as libpq does (PGPASSWORD, ~/.pgpass, ...).
  // Errors: kUnavailable (nobody listens, wrong password, no such database), kInvalidArgument (not a URI; a database
  // that is not UTF-8, no schema to work in).
  static Result<std::unique_ptr<PostgresConnection>> open(const std::string& url);
  ~PostgresConnection() = default;
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;

  // One statement with `?` places (dialect.h).
  Result<std::int64_t> execute(std::string_view sql, std::span<const Value> parameters = {});
  Result<std::vector<Row>> query(std::string_view sql, std::span<const Value> parameters = {});
  // PostgreSQL's own SQL, several statements, no places; the rows of the last one.
  Result<std::vector<Row>> run(const std::string& sql);

  bool is_lost() const { return PQstatus(connection_.get()) != CONNECTION_OK; }
  // In a transaction in which no statement has failed; in_failed_transaction: in one in which one has.
  bool in_transaction() const { return PQtransactionStatus(connection_.get()) == PQTRANS_INTRANS; }
  bool in_failed_transaction() const { return PQtransactionStatus(connection_.get()) == PQTRANS_INERROR; }
  // Whether the last error was of the kind that goes away when the transaction is run again: it lost against another
  // one (serialization failure, deadlock).
  bool lost_a_race() const { return last_error_ == "40001" || last_error_ == "40P01"; }
  // The object id of the schema that tables are looked for and made in: what locks of this store are named by.
  std::int64_t schema_id() const { return schema_id_; }

 private:
  struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
  };
  using Answer = std::unique_ptr<PGresult, Clear>;
  struct Statement {
    std::string name;
    std::vector<Oid> types;  // of the places
  };

  explicit PostgresConnection(PGconn* connection) : connection_(connection) {}
  Status begin_session();
  Status find_schema();
  Result<const Statement*> prepare(std::string_view sql);
  Result<Answer> ask(std::string_view sql, std::span<const Value> parameters);
  // OK when the answer is that of a statement that worked.
  Status check(const PGresult* answer, std::string_view sql);
  std::string place() const;

  std::unique_ptr<PGconn, Finish> connection_;
  std::string last_error_;  // SQLSTATE
  std::int64_t schema_id_ = 0;
  std::int64_t statement_count_ = 0;
  std::unordered_map<std::string, Statement, TextHash, std::equal_to<>> statements_;
};

}  // namespace yupu::store
