// Brings a database to this binary's schema, in one transaction.
#pragma once

#include <span>

#include "base/status.h"
#include "store/migrations.h"
#include "store/sqlite/connection.h"

namespace yupu::store {

// Errors: kConflict when the store is newer than the binary, or has applied a migration that has been edited since.
Status migrate(Connection& connection, std::span<const Migration> steps);

}  // namespace yupu::store
