#include "store/sqlite/migrate.h"

#include <string>
#include <vector>

namespace yupu::store {
namespace {

constexpr std::string_view kApplied = "SELECT version, name, sha256 FROM schema_version ORDER BY version";

Status check_applied(const std::vector<Row>& applied, std::span<const Migration> steps) {
  for (const Row& row : applied) {
    const auto version = static_cast<std::size_t>(row.integer(0));
    if (version > steps.size()) {
      return conflict("the store has schema version " + std::to_string(applied.back().integer(0)) + " ('" +
                      applied.back().text(1) + "'), this yupu knows up to " + std::to_string(steps.size()) +
                      ": use the newer yupu that wrote it, or restore an older backup");
    }
    const Migration& step = steps[version - 1];
    if (row.text(2) != step.sha256) {
      return conflict(
          "migration " + std::string(step.name) +
          " was edited after this store applied it: use the yupu that wrote the store, or start a new store");
    }
  }
  return ok_status();
}

Status apply(Connection& connection, std::span<const Migration> steps) {
  YUPU_RETURN_IF_ERROR(
      connection.run_script("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, name TEXT NOT "
                            "NULL, sha256 TEXT NOT NULL)"));
  YUPU_ASSIGN_OR_RETURN(const std::vector<Row> applied, connection.query(kApplied));
  YUPU_RETURN_IF_ERROR(check_applied(applied, steps));
  for (const Migration& step : steps.subspan(applied.size())) {
    YUPU_RETURN_IF_ERROR(
        connection.run_script(std::string(step.sql)).with_context("migration " + std::string(step.name)));
    const Value row[] = {std::int64_t{step.version}, std::string(step.name), std::string(step.sha256)};
    YUPU_RETURN_IF_ERROR(
        connection.execute("INSERT INTO schema_version (version, name, sha256) VALUES (?, ?, ?)", row).status());
  }
  return ok_status();
}

// Opening a store that is up to date takes no write lock, so a command runs beside a busy server.
bool is_up_to_date(Connection& connection, std::span<const Migration> steps) {
  const auto applied = connection.query(kApplied);
  return applied.ok() && applied.value().size() == steps.size() && check_applied(applied.value(), steps).ok();
}

}  // namespace

Status migrate(Connection& connection, std::span<const Migration> steps) {
  if (is_up_to_date(connection, steps)) return ok_status();
  YUPU_RETURN_IF_ERROR(connection.execute("BEGIN IMMEDIATE").status());
  Status status = apply(connection, steps);
  if (status.ok()) return connection.execute("COMMIT").status();
  if (connection.in_transaction()) {
    const auto ignored = connection.execute("ROLLBACK");
    static_cast<void>(ignored.ok());
  }
  return status;
}

}  // namespace yupu::store
