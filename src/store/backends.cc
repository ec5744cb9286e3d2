#include "store/backends.h"

#include <array>

#include "store/sqlite/sqlite_store.h"
#ifdef YUPU_POSTGRES
#include "store/postgres/postgres_store.h"
#endif

namespace yupu::store {
namespace {

#ifndef YUPU_POSTGRES
Result<std::unique_ptr<Store>> open_postgres(const std::string&) {
  return invalid_argument("this build has no PostgreSQL store (libpq-dev was not there); use sqlite:PATH", "store");
}
constexpr bool kHasPostgres = false;
#else
constexpr bool kHasPostgres = true;
#endif

constexpr std::array kBackends = {
    Backend{"sqlite:", "one file, embedded (sqlite:PATH, sqlite::memory: for tests)", true, open_sqlite},
    Backend{"postgresql:", "a PostgreSQL server, for several servers of yupu (postgresql://...)", kHasPostgres,
            open_postgres},
};

}  // namespace

std::span<const Backend> backends() { return kBackends; }

Result<std::unique_ptr<Store>> open_store(const std::string& url) {
  for (const Backend& backend : kBackends) {
    if (url.starts_with(backend.scheme)) return backend.open(url.substr(backend.scheme.size()));
  }
  if (url == ":memory:") return open_sqlite(url);
  return invalid_argument("store '" + url + "': expected sqlite:PATH or postgresql://...", "store");
}

}  // namespace yupu::store
