// A PostgreSQL server as the store, for several server processes at once.
#pragma once

#include <memory>
#include <string>

#include "base/status.h"
#include "store/store.h"

namespace yupu::store {

// `rest`: what follows "postgresql:" of the URL. The database must be there; tables are made in the first schema of the
// search_path, which is made when options=-csearch_path%3DNAME names one that is not there.
// A store holds up to kReadersMax connections for reading, one for writing and one for each lead.
Result<std::unique_ptr<Store>> open_postgres(const std::string& rest);

}  // namespace yupu::store
