// Brings a database to this binary's schema, in one transaction, one process at a time.
#pragma once

#include <span>

#include "base/status.h"
#include "store/migrations.h"
#include "store/postgres/connection.h"

namespace yupu::store {

// Errors: kConflict when the store is newer than the binary, or has applied a migration that has been edited since.
Status migrate(PostgresConnection& connection, std::span<const Migration> steps);

}  // namespace yupu::store
