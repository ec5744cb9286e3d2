// After a deletion: nothing of what was deleted is left in the store's files, as far as the engine allows it.
//
// SQLite overwrites deleted rows with zeros in the database file (secure_delete, on for every connection); the
// write-ahead log still has the pages as they were, until it is emptied.  This empties it.
// Not reached: copies somebody made, and blocks the file system has given to no other file yet.
//
// PostgreSQL never overwrites: deleted rows stay in their pages until VACUUM gives the room to other rows, and in the
// write-ahead log until its files are used again.  This vacuums every table of the store.
// Not reached: bytes in pages where no new row came yet, the log, replicas and archives; docs/operate/postgresql.md
// says what to do about them.
#pragma once

#include "base/status.h"
#include "store/store.h"

namespace yupu::store {

// Outcomes  kUnavailable: somebody was reading all the while, the log is not empty; what was deleted is deleted all the
//           same, and the next call may empty it.
// Idempotency  any number of times.        Threads  any.
Status scrub(Store& store);

}  // namespace yupu::store
