#include "store/sqlite/migrate.h"

#include <string>
#include <vector>

#include "store/schema_version.h"

namespace yupu::store {
namespace {

Status apply(Connection& connection, std::span<const Migration> steps) {
  YUPU_RETURN_IF_ERROR(connection.run_script(std::string(kMakeSchemaVersion)));
  YUPU_ASSIGN_OR_RETURN(const std::vector<Row> applied, connection.query(kAppliedVersions));
  YUPU_RETURN_IF_ERROR(check_applied(applied, steps));
  for (const Migration& step : steps.subspan(applied.size())) {
    YUPU_RETURN_IF_ERROR(
        connection.run_script(std::string(step.sql)).with_context("migration " + std::string(step.name)));
    YUPU_RETURN_IF_ERROR(connection.execute(kAddVersion, version_row(step)).status());
  }
  return ok_status();
}

}  // namespace

Status migrate(Connection& connection, std::span<const Migration> steps) {
  // Opening a store that is up to date takes no write lock, so a command runs beside a busy server.
  if (is_up_to_date(connection.query(kAppliedVersions), steps)) return ok_status();
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
