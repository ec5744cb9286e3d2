// The advisory locks of a store.  They belong to nobody's rows and end with the transaction or connection that holds
// them, also when its process was killed.  Two stores in one database (two schemas) do not meet.
//
//   pg_advisory_xact_lock(bigint)      (kWriteLock << 32) | schema      who writes; for the length of one transaction
//   pg_try_advisory_lock(int, int)     schema, hash of a name           who leads a piece of work; until it ends
#pragma once

#include <cstdint>
#include <string>

namespace yupu::store {

inline constexpr std::int64_t kWriteLock = 0x79757075;  // "yupu"

// Begins a write transaction: one at a time on a store, whichever process it is in. The lock is taken before the first
// row is read, and every statement reads what is committed by then, so whoever writes sees all writes before its own;
// and whoever has the lock knows that no other write is under way.
inline std::string begin_write_sql(std::int64_t schema_id) {
  return "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(" +
         std::to_string((kWriteLock << 32) | schema_id) + "); ";
}

inline std::string try_lead_sql(std::int64_t schema_id) {
  return "SELECT pg_try_advisory_lock(" + std::to_string(static_cast<std::int32_t>(schema_id)) + ", hashtext(?))";
}

}  // namespace yupu::store
