#include "store/postgres/connection.h"

#include <array>
#include <charconv>
#include <cstdlib>
#include <utility>

#include "store/postgres/dialect.h"
#include "store/postgres/text_form.h"

namespace yupu::store {
namespace {

constexpr std::size_t kStatementsMax = 256;  // SQL in this code base is written out, so more means a leak of literals

// Object ids of the types that are read in a way of their own (src/include/catalog/pg_type.dat).
constexpr Oid kBool = 16, kBytes = 17, kInt8 = 20, kInt2 = 21, kInt4 = 23, kOid = 26, kFloat4 = 700, kFloat8 = 701,
              kNumeric = 1700, kVoid = 2278;

// The classes and conditions of appendix A of PostgreSQL's manual that a caller can do something about.
Status status_of(std::string_view state, const std::string& what) {
  const std::string_view kind = state.substr(0, 2);
  if (kind == "23") return conflict(what);
  if (kind == "53") {
    const char* hint = state == "53300" ? "; the server takes no more connections: raise max_connections"
                                        : "; the server's disk or memory is full: make room, then retry";
    return {Code::kResourceExhausted, what + hint};
  }
  if (state == "55P03")
    return unavailable(what + "; another process holds the write lock: retry, or stop that process");
  if (kind == "40") return unavailable(what + "; it lost against another transaction: retry");
  if (kind == "08" || kind == "57") return unavailable(what + "; the server is going away, or coming: retry");
  if (kind == "54") return {Code::kTooLarge, what};
  if (state == "42501" || kind == "28") return {Code::kPermissionDenied, what};
  if (state == "25006") return unavailable(what + "; the server takes no writes: is it a standby?");
  if (kind == "XX" || kind == "58") return internal_error(what + "; look into the server's own log");
  return internal_error(what);
}

std::string first_line(std::string_view text) { return std::string(text.substr(0, text.find('\n'))); }

std::string number_text(double value) {
  std::array<char, 32> text{};
  const auto written = std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), written.ptr};
}

std::string bytes_of_hex(std::string_view hex) {
  std::string bytes;
  if (!hex.starts_with("\\x")) return bytes;
  const auto digit = [](char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); };
  bytes.reserve(hex.size() / 2);
  for (std::size_t i = 2; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(static_cast<unsigned char>(digit(hex[i]) << 4U | digit(hex[i + 1])));
  return bytes;
}

Result<Value> whole_number(std::string_view text) {
  std::int64_t whole = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), whole);
  if (read.ec == std::errc() && read.ptr == text.data() + text.size()) return Value(whole);
  return internal_error("store: the number " + std::string(text) + " has more than 64 bits");
}

Result<Value> real_number(std::string_view text) {
  double real = 0.0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), real);
  if (read.ec == std::errc() && read.ptr == text.data() + text.size()) return Value(real);
  return internal_error("store: '" + std::string(text) + "' is not a number");
}

Result<Value> value_of(Oid type, std::string_view text) {
  switch (type) {
    case kInt8:
    case kInt2:
    case kInt4:
    case kOid:
      return whole_number(text);
    case kNumeric:  // what sum() makes of INTEGER
      return text.find('.') == std::string_view::npos ? whole_number(text) : real_number(text);
    case kFloat4:
    case kFloat8:
      return real_number(text);
    case kBool:
      return Value(std::int64_t{text == "t"});
    case kBytes:
      return Value(bytes_of_hex(text));
    case kVoid:
      return Value(nullptr);
    default:
      return Value(from_text_form(text));
  }
}

Result<std::vector<Row>> rows_of(const PGresult* answer) {
  std::vector<Row> rows;
  const int row_count = PQntuples(answer);
  const int column_count = PQnfields(answer);
  rows.reserve(static_cast<std::size_t>(row_count));
  for (int row = 0; row < row_count; ++row) {
    std::vector<Value> values;
    values.reserve(static_cast<std::size_t>(column_count));
    for (int column = 0; column < column_count; ++column) {
      if (PQgetisnull(answer, row, column) != 0) {
        values.emplace_back(nullptr);
        continue;
      }
      const std::string_view text(PQgetvalue(answer, row, column),
                                  static_cast<std::size_t>(PQgetlength(answer, row, column)));
      YUPU_ASSIGN_OR_RETURN(Value value, value_of(PQftype(answer, column), text));
      values.push_back(std::move(value));
    }
    rows.emplace_back(std::move(values));
  }
  return rows;
}

// Parameters as libpq takes them; what they point to lives as long as this.
class Bindings {
 public:
  Bindings(std::span<const Value> parameters, const std::vector<Oid>& types) {
    texts_.reserve(parameters.size());
    for (std::size_t i = 0; i < parameters.size(); ++i) add(parameters[i], types[i]);
  }
  int count() const { return static_cast<int>(values_.size()); }
  const char* const* values() const { return values_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }

 private:
  void add(const Value& value, Oid type) {
    const bool is_null = std::holds_alternative<std::nullptr_t>(value);
    std::string& text = texts_.emplace_back();
    if (const auto* whole = std::get_if<std::int64_t>(&value)) text = std::to_string(*whole);
    if (const auto* real = std::get_if<double>(&value)) text = number_text(*real);
    if (const auto* bytes = std::get_if<std::string>(&value))
      text = type == kBytes || is_plain_text(*bytes) ? *bytes : to_text_form(*bytes);
    values_.push_back(is_null ? nullptr : text.c_str());
    lengths_.push_back(static_cast<int>(text.size()));
    formats_.push_back(type == kBytes ? 1 : 0);
  }

  std::vector<std::string> texts_;
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
};

}  // namespace

Result<std::unique_ptr<PostgresConnection>> PostgresConnection::open(const std::string& url) {
  char* why_not = nullptr;  // not shown: it may repeat the URL
  PQconninfoOption* const understood = PQconninfoParse(url.c_str(), &why_not);
  PQconninfoFree(understood);
  PQfreemem(why_not);
  if (understood == nullptr) {
    return invalid_argument(
        "store postgresql: is no connection URI: expected postgresql://USER@HOST:PORT/DATABASE?option=value", "store");
  }
  // What stands before `dbname` the URL may say otherwise; what stands after it holds. A server that has gone without a
  // word is noticed within half a minute.
  constexpr std::array<const char*, 8> kNames = {
      "application_name", "connect_timeout",  "keepalives_idle", "keepalives_interval",
      "keepalives_count", "tcp_user_timeout", "dbname",          nullptr};
  const std::array<const char*, 8> values = {"yupu", "5", "10", "5", "3", "20000", url.c_str(), nullptr};
  std::unique_ptr<PostgresConnection> connection(
      new PostgresConnection(PQconnectdbParams(kNames.data(), values.data(), 1)));
  if (connection->connection_ == nullptr) return Status(Code::kResourceExhausted, "store: out of memory");
  if (connection->is_lost()) {
    return unavailable("store " + connection->place() + ": " +
                       first_line(PQerrorMessage(connection->connection_.get())));
  }
  // Notices are for people at a terminal; the store's are errors or nothing.
  PQsetNoticeProcessor(
      connection->connection_.get(), [](void*, const char*) {}, nullptr);
  YUPU_RETURN_IF_ERROR(connection->begin_session().with_context("store " + connection->place()));
  return connection;
}

Status PostgresConnection::begin_session() {
  if (PQsetClientEncoding(connection_.get(), "UTF8") != 0)
    return internal_error(first_line(PQerrorMessage(connection_.get())));
  const char* encoding = PQparameterStatus(connection_.get(), "server_encoding");
  if (encoding == nullptr || std::string_view(encoding) != "UTF8") {
    return invalid_argument("the database's encoding is " + std::string(encoding == nullptr ? "unknown" : encoding) +
                                "; make one with ENCODING 'UTF8'",
                            "store");
  }
  // OK of a write means that the rows are on disk, whatever the server's own setting.
  YUPU_RETURN_IF_ERROR(run("SET standard_conforming_strings = on; SET bytea_output = 'hex'; SELECT "
                           "set_config('synchronous_commit', 'on', false) WHERE "
                           "current_setting('synchronous_commit') = 'off'")
                           .status());
  return find_schema();
}

Status PostgresConnection::find_schema() {
  constexpr const char* kSchema =
      "SELECT (SELECT oid FROM pg_namespace WHERE nspname = current_schema()), current_setting('search_path')";
  YUPU_ASSIGN_OR_RETURN(auto rows, run(kSchema));
  if (rows.at(0).is_null(0)) {
    // The URL names a schema (options=-csearch_path%3DNAME) that is not there yet.
    const std::string name = rows[0].text(1);
    if (name.empty() || name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") != std::string::npos)
      return invalid_argument("no schema of the search_path '" + name + "' is there", "store");
    // Two processes may make it at once; to one of them PostgreSQL says that it is a duplicate.
    const Status made = run("CREATE SCHEMA IF NOT EXISTS " + name).status();
    if (!made.ok() && made.code() != Code::kConflict) return made;
    YUPU_ASSIGN_OR_RETURN(rows, run(kSchema));
  }
  schema_id_ = rows.at(0).integer(0);
  return ok_status();
}

std::string PostgresConnection::place() const {
  const auto or_empty = [](const char* text) { return std::string(text == nullptr ? "" : text); };
  return "postgresql://" + or_empty(PQhost(connection_.get())) + ":" + or_empty(PQport(connection_.get())) + "/" +
         or_empty(PQdb(connection_.get()));
}

Status PostgresConnection::check(const PGresult* answer, std::string_view sql) {
  const ExecStatusType status = PQresultStatus(answer);
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return ok_status();
  if (status == PGRES_EMPTY_QUERY) return internal_error("store: empty SQL");
  const char* const state = answer == nullptr ? nullptr : PQresultErrorField(answer, PG_DIAG_SQLSTATE);
  const char* const message = answer == nullptr ? nullptr : PQresultErrorField(answer, PG_DIAG_MESSAGE_PRIMARY);
  last_error_ = state == nullptr ? "" : state;
  std::string what = "store " + place() + ": ";
  what += message != nullptr ? std::string(message) : first_line(PQerrorMessage(connection_.get()));
  what += " (";
  what += sql.substr(0, 120);
  what += ")";
  if (is_lost()) return unavailable(what + "; the connection is lost: retry");
  return status_of(last_error_, what);
}

Result<std::vector<Row>> PostgresConnection::run(const std::string& sql) {
  const Answer answer(PQexec(connection_.get(), sql.c_str()));
  YUPU_RETURN_IF_ERROR(check(answer.get(), sql));
  return rows_of(answer.get());
}

Result<const PostgresConnection::Statement*> PostgresConnection::prepare(std::string_view sql) {
  if (const auto found = statements_.find(sql); found != statements_.end()) return &found->second;
  if (statements_.size() >= kStatementsMax) {
    YUPU_RETURN_IF_ERROR(run("DEALLOCATE ALL").status());
    statements_.clear();
  }
  Statement statement{.name = "yupu_" + std::to_string(++statement_count_), .types = {}};
  const std::string translated = postgres_statement(sql);
  const Answer prepared(PQprepare(connection_.get(), statement.name.c_str(), translated.c_str(), 0, nullptr));
  YUPU_RETURN_IF_ERROR(check(prepared.get(), sql));
  const Answer described(PQdescribePrepared(connection_.get(), statement.name.c_str()));
  YUPU_RETURN_IF_ERROR(check(described.get(), sql));
  for (int i = 0; i < PQnparams(described.get()); ++i) statement.types.push_back(PQparamtype(described.get(), i));
  return &statements_.emplace(std::string(sql), std::move(statement)).first->second;
}

Result<PostgresConnection::Answer> PostgresConnection::ask(std::string_view sql, std::span<const Value> parameters) {
  YUPU_ASSIGN_OR_RETURN(const Statement* statement, prepare(sql));
  if (statement->types.size() != parameters.size()) {
    return internal_error("store: " + std::to_string(parameters.size()) + " parameters for " +
                          std::to_string(statement->types.size()) + " places: " + std::string(sql.substr(0, 120)));
  }
  const Bindings bindings(parameters, statement->types);
  Answer answer(PQexecPrepared(connection_.get(), statement->name.c_str(), bindings.count(), bindings.values(),
                               bindings.lengths(), bindings.formats(), 0));
  YUPU_RETURN_IF_ERROR(check(answer.get(), sql));
  return answer;
}

Result<std::int64_t> PostgresConnection::execute(std::string_view sql, std::span<const Value> parameters) {
  YUPU_ASSIGN_OR_RETURN(const Answer answer, ask(sql, parameters));
  // Empty for a statement that changes no rows; of a SELECT it counts what was read.
  if (PQresultStatus(answer.get()) == PGRES_TUPLES_OK &&
      std::string_view(PQcmdStatus(answer.get())).starts_with("SELECT"))
    return std::int64_t{0};
  return static_cast<std::int64_t>(std::strtoll(PQcmdTuples(answer.get()), nullptr, 10));
}

Result<std::vector<Row>> PostgresConnection::query(std::string_view sql, std::span<const Value> parameters) {
  YUPU_ASSIGN_OR_RETURN(const Answer answer, ask(sql, parameters));
  return rows_of(answer.get());
}

}  // namespace yupu::store
