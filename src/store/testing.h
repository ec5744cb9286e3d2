// For tests only: on which engine they run.
//
// YUPU_TEST_POSTGRES=postgresql://... names a server for tests (tests/loop/postgres_server.py starts one and says so):
// then fresh_url() is a schema of its own there.  Without it a database in memory.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

#include "base/ids.h"
#include "base/status.h"
#include "base/testing.h"
#include "store/store.h"

namespace yupu::testing {

inline bool has_postgres() { return std::getenv("YUPU_TEST_POSTGRES") != nullptr; }

// A store that nobody else has; a new one with each call.
inline std::string fresh_url() {
  const char* const server = std::getenv("YUPU_TEST_POSTGRES");
  if (server == nullptr) return "sqlite::memory:";
  const std::string url = server;
  return url + (url.find('?') == std::string::npos ? "?" : "&") + "options=-csearch_path%3D" + random_id("test");
}

// The same, as a file of the folder where no server is named.
inline std::string url_in(const TempDir& folder) {
  return has_postgres() ? fresh_url() : "sqlite:" + folder.file("yupu.db");
}

// The first column of the first row that `sql` gives; -1, and a failed test, where it gives none.
inline std::int64_t number(store::Store& store, const std::string& sql) {
  std::int64_t found = -1;
  const Status read = store.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query(sql));
    if (rows.empty()) return not_found("no row");
    found = rows[0].integer(0);
    return ok_status();
  });
  EXPECT_TRUE(read.ok()) << sql << ": " << read.to_string();
  return found;
}

// Takes away what keeps rows from being changed, for a test that plants damage.
inline Status drop_triggers(store::Transaction& transaction) {
  YUPU_ASSIGN_OR_RETURN(
      const auto drops,
      transaction.query(has_postgres()
                            ? "SELECT DISTINCT 'DROP TRIGGER ' || trigger_name || ' ON ' || event_object_table "
                              "FROM information_schema.triggers WHERE trigger_schema = current_schema()"
                            : "SELECT 'DROP TRIGGER ' || name FROM sqlite_master WHERE type = 'trigger'"));
  for (const auto& row : drops) YUPU_RETURN_IF_ERROR(transaction.execute(row.text(0)).status());
  return ok_status();
}

}  // namespace yupu::testing
