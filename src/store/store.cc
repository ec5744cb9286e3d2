#include "store/store.h"

#include "store/scrub.h"
#include "store/sqlite/text_engine.h"

namespace yupu::store {

const TextEngine& Transaction::text_engine() const { return sqlite_text_engine(); }

Result<std::unique_ptr<Lead>> Store::lead(std::string_view) { return std::make_unique<Lead>(); }

Status scrub(Store& store) { return store.clear_deleted(); }

}  // namespace yupu::store
