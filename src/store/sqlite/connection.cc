#include "store/sqlite/connection.h"

#include <cerrno>
#include <chrono>
#include <limits>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "base/check.h"

namespace yupu::store {
namespace {

constexpr std::size_t kStatementsMax = 256;  // SQL in this code base is written out, so more means a leak of literals

Status status_of(int code, int system_errno, const std::string& what) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return {Code::kResourceExhausted,
              what + "; the disk or the database's page limit is full: free some space, then retry"};
    case SQLITE_NOMEM:
      return {Code::kResourceExhausted, what};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return unavailable(what + "; another process holds the write lock: retry, or stop that process");
    case SQLITE_CONSTRAINT:
      return conflict(what);
    case SQLITE_CORRUPT:
      return internal_error(what +
                            "; the database file is damaged: stop the server, keep a copy, restore the last backup");
    case SQLITE_NOTADB:
      return internal_error(what + "; the file is not a yupu database: check the path, or restore the last backup");
    case SQLITE_CANTOPEN:
      return errno_status(system_errno != 0 ? system_errno : ENOENT, what);
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return {Code::kPermissionDenied, what};
    case SQLITE_TOOBIG:
      return {Code::kTooLarge, what};
    default:
      return internal_error(what);
  }
}

// SQLite gives new files 0644; ours hold keyed hashes and customers' texts. The -wal and -shm files copy this mode.
Status create_private_file(const std::string& path) {
  // O_EXCL: a file that is there is never opened here. Closing any descriptor of it would drop the POSIX locks of every
  // SQLite connection of this process, another process would take itself for the last one and delete the log we write.
  const int fd = ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0 && errno == EEXIST) return ok_status();
  if (fd < 0) return errno_status(errno, "open store " + path);
  ::close(fd);
  return ok_status();
}

// SQLite's own waiting sleeps for up to 100 ms between two looks; a lock that is free for a moment only is missed so.
int wait_a_moment(void* wait_for_lock, int looks) {
  auto& wait = *static_cast<LockWait*>(wait_for_lock);
  const auto now = std::chrono::steady_clock::now();
  if (looks == 0) wait.until = now + std::chrono::milliseconds(wait.timeout_ms);
  if (now >= wait.until) return 0;
  std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return 1;
}

Row read_row(sqlite3_stmt* statement) {
  const int column_count = sqlite3_column_count(statement);
  std::vector<Value> values;
  values.reserve(static_cast<std::size_t>(column_count));
  for (int column = 0; column < column_count; ++column) {
    switch (sqlite3_column_type(statement, column)) {
      case SQLITE_INTEGER:
        values.emplace_back(static_cast<std::int64_t>(sqlite3_column_int64(statement, column)));
        break;
      case SQLITE_FLOAT:
        values.emplace_back(sqlite3_column_double(statement, column));
        break;
      case SQLITE_NULL:
        values.emplace_back(nullptr);
        break;
      default: {  // text or blob: bytes either way
        const void* bytes = sqlite3_column_blob(statement, column);
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
        values.emplace_back(size == 0 ? std::string() : std::string(static_cast<const char*>(bytes), size));
      }
    }
  }
  return Row(std::move(values));
}

int bind_value(sqlite3_stmt* statement, int index, const Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return sqlite3_bind_int64(statement, index, *whole);
  if (const auto* real = std::get_if<double>(&value)) return sqlite3_bind_double(statement, index, *real);
  if (const auto* text = std::get_if<std::string>(&value)) {
    // Static: the parameters outlive the statement's run, and the bindings are cleared after it.
    return sqlite3_bind_text64(statement, index, text->data(), text->size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  return sqlite3_bind_null(statement, index);
}

}  // namespace

Result<std::unique_ptr<Connection>> Connection::open(const ConnectionOptions& options) {
  if (!options.is_memory) YUPU_RETURN_IF_ERROR(create_private_file(options.path));
  sqlite3* database = nullptr;
  const int flags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | (options.is_memory ? SQLITE_OPEN_URI : 0);
  const int code = sqlite3_open_v2(options.path.c_str(), &database, flags, nullptr);
  std::unique_ptr<Connection> connection(new Connection(database, options));
  if (code != SQLITE_OK) return connection->failure(code, "open");
  sqlite3_extended_result_codes(database, 1);
  sqlite3_busy_handler(database, wait_a_moment, &connection->wait_);
  std::string pragmas =
      "PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL; PRAGMA trusted_schema=OFF; PRAGMA secure_delete=ON;";
  if (!options.is_memory) pragmas += "PRAGMA journal_mode=WAL; PRAGMA journal_size_limit=67108864;";
  // Indexes by hash are touched all over: with SQLite's own 2 MB a large store reads the same pages again and again.
  pragmas += options.is_read_only ? "PRAGMA query_only=ON; PRAGMA cache_size=-16384;" : "PRAGMA cache_size=-65536;";
  YUPU_RETURN_IF_ERROR(connection->run_script(pragmas));
  return connection;
}

Connection::~Connection() {
  statements_.clear();
  sqlite3_close(database_);
}

Status Connection::failure(int code, std::string_view sql) const {
  std::string what = "store " + path_ + ": ";
  what += database_ != nullptr ? sqlite3_errmsg(database_) : sqlite3_errstr(code);
  what += " (";
  what += sql.substr(0, 120);
  what += ")";
  return status_of(code, database_ != nullptr ? sqlite3_system_errno(database_) : 0, what);
}

Result<sqlite3_stmt*> Connection::prepare(std::string_view sql) {
  if (const auto found = statements_.find(sql); found != statements_.end()) return found->second.get();
  if (sql.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    return internal_error("store: SQL too long");
  sqlite3_stmt* raw = nullptr;
  const char* tail = nullptr;
  const int code =
      sqlite3_prepare_v3(database_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &raw, &tail);
  Statement statement(raw);
  if (code != SQLITE_OK) return failure(code, sql);
  if (raw == nullptr) return internal_error("store: empty SQL");
  const std::string_view rest(tail, static_cast<std::size_t>(sql.data() + sql.size() - tail));
  if (rest.find_first_not_of(" \t\r\n;") != std::string_view::npos) {
    return internal_error("store: one statement at a time: " + std::string(sql.substr(0, 120)));
  }
  if (statements_.size() >= kStatementsMax) statements_.clear();
  statements_.emplace(std::string(sql), std::move(statement));
  return raw;
}

Status Connection::bind(sqlite3_stmt* statement, std::string_view sql, std::span<const Value> parameters) {
  const int expected = sqlite3_bind_parameter_count(statement);
  if (std::cmp_not_equal(expected, parameters.size())) {
    return internal_error("store: " + std::to_string(parameters.size()) + " parameters for " +
                          std::to_string(expected) + " places: " + std::string(sql.substr(0, 120)));
  }
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const int code = bind_value(statement, static_cast<int>(i) + 1, parameters[i]);
    if (code != SQLITE_OK) return failure(code, sql);
  }
  return ok_status();
}

Result<std::int64_t> Connection::execute(std::string_view sql, std::span<const Value> parameters) {
  YUPU_ASSIGN_OR_RETURN(sqlite3_stmt * statement, prepare(sql));
  Status status = bind(statement, sql, parameters);
  const std::int64_t before = sqlite3_total_changes64(database_);
  int code = SQLITE_ROW;
  while (status.ok() && code == SQLITE_ROW) code = sqlite3_step(statement);
  if (status.ok() && code != SQLITE_DONE) status = failure(code, sql);
  // sqlite3_changes of a statement that is no INSERT, UPDATE or DELETE would repeat the previous one's count.
  const bool has_changed = sqlite3_total_changes64(database_) != before;
  const std::int64_t change_count = has_changed ? sqlite3_changes64(database_) : 0;
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  if (!status.ok()) return status;
  return change_count;
}

Result<std::vector<Row>> Connection::query(std::string_view sql, std::span<const Value> parameters) {
  YUPU_ASSIGN_OR_RETURN(sqlite3_stmt * statement, prepare(sql));
  Status status = bind(statement, sql, parameters);
  std::vector<Row> rows;
  while (status.ok()) {
    const int code = sqlite3_step(statement);
    if (code == SQLITE_DONE) break;
    if (code == SQLITE_ROW) {
      rows.push_back(read_row(statement));
    } else {
      status = failure(code, sql);
    }
  }
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  if (!status.ok()) return status;
  return rows;
}

Status Connection::run_script(const std::string& sql) {
  const int code = sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? ok_status() : failure(code, sql);
}

}  // namespace yupu::store
