// The embedded store.
#pragma once

#include <memory>
#include <string>

#include "base/status.h"
#include "store/store.h"

namespace yupu::store {

// `path`: a file in an existing folder (created with mode 0600), or ":memory:". Opening the same file from several
// processes is fine: SQLite's lock lets one of them write at a time, the others wait up to 5 s, then say kUnavailable.
Result<std::unique_ptr<Store>> open_sqlite(const std::string& path);

}  // namespace yupu::store
