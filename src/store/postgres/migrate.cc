#include "store/postgres/migrate.h"

#include <string>
#include <vector>

#include "store/postgres/dialect.h"
#include "store/postgres/locks.h"
#include "store/schema_version.h"

namespace yupu::store {
namespace {

// What the migrations call and PostgreSQL does not have, where words are indexed (text_engine.cc), and what a writer
// knows its own commits by (postgres_store.cc). It is run with the first migration that a store lacks: a change to it
// comes with one.
constexpr const char* kPrelude = R"sql(
CREATE OR REPLACE FUNCTION json_valid(body TEXT) RETURNS BOOLEAN LANGUAGE plpgsql IMMUTABLE AS $yupu$
BEGIN
  PERFORM body::json;
  RETURN TRUE;
EXCEPTION WHEN invalid_text_representation THEN
  RETURN FALSE;
END $yupu$;
CREATE OR REPLACE FUNCTION json_extract(body TEXT, path TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE AS $yupu$
  SELECT body::json #>> string_to_array(substr(path, 3), '.')
$yupu$;
CREATE TABLE IF NOT EXISTS text_index_text (
  index_number BIGINT NOT NULL,
  id BIGINT NOT NULL,
  term_count BIGINT NOT NULL,
  PRIMARY KEY (index_number, id)
);
CREATE TABLE IF NOT EXISTS text_index_posting (
  index_number BIGINT NOT NULL,
  term TEXT COLLATE "C" NOT NULL,
  id BIGINT NOT NULL,
  occurrences BIGINT NOT NULL,
  PRIMARY KEY (index_number, term, id)
);
CREATE INDEX IF NOT EXISTS text_index_posting_text ON text_index_posting (index_number, id);
CREATE TABLE IF NOT EXISTS store_writer (
  writer TEXT PRIMARY KEY,
  group_number BIGINT NOT NULL,
  written_at TIMESTAMPTZ NOT NULL
);
)sql";

// A statement that fails would end with a line in the server's log: the table is looked for first.
bool has_all(PostgresConnection& connection, std::span<const Migration> steps) {
  const auto table = connection.run("SELECT to_regclass('schema_version')::oid");
  return table.ok() && !table->at(0).is_null(0) && is_up_to_date(connection.query(kAppliedVersions), steps);
}

Status apply(PostgresConnection& connection, std::span<const Migration> steps) {
  YUPU_RETURN_IF_ERROR(connection.run(kPrelude).status());
  YUPU_RETURN_IF_ERROR(connection.execute(kMakeSchemaVersion).status());
  YUPU_ASSIGN_OR_RETURN(const std::vector<Row> applied, connection.query(kAppliedVersions));
  YUPU_RETURN_IF_ERROR(check_applied(applied, steps));
  for (const Migration& step : steps.subspan(applied.size())) {
    const std::string context = "migration " + std::string(step.name);
    const auto statements = postgres_script(step.sql);
    if (!statements.ok()) return statements.status().with_context(context);
    for (const std::string& sql : *statements) YUPU_RETURN_IF_ERROR(connection.run(sql).status().with_context(context));
    YUPU_RETURN_IF_ERROR(connection.execute(kAddVersion, version_row(step)).status());
  }
  return ok_status();
}

}  // namespace

Status migrate(PostgresConnection& connection, std::span<const Migration> steps) {
  if (has_all(connection, steps)) return ok_status();
  YUPU_RETURN_IF_ERROR(connection.run(begin_write_sql(connection.schema_id())).status());
  const Status status = apply(connection, steps);
  const auto ended = connection.run(status.ok() ? "COMMIT" : "ROLLBACK");
  return status.ok() ? ended.status() : status;
}

}  // namespace yupu::store
