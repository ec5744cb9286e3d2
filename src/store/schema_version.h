// Which migrations a store has applied: the table schema_version, the same on every backend.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "store/migrations.h"
#include "store/store.h"

namespace yupu::store {

inline constexpr std::string_view kMakeSchemaVersion =
    "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL)";
inline constexpr std::string_view kAppliedVersions =
    "SELECT version, name, sha256 FROM schema_version ORDER BY version";
inline constexpr std::string_view kAddVersion = "INSERT INTO schema_version (version, name, sha256) VALUES (?, ?, ?)";

// `applied`: the rows of kAppliedVersions.
// Errors: kConflict when the store is newer than the binary, or has applied a migration that has been edited since.
Status check_applied(const std::vector<Row>& applied, std::span<const Migration> steps);

// Whether a store with these rows lacks no step and has none that this binary does not know.
bool is_up_to_date(const Result<std::vector<Row>>& applied, std::span<const Migration> steps);

// The parameters of kAddVersion.
std::vector<Value> version_row(const Migration& step);

}  // namespace yupu::store
