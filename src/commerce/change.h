// How a running server learns that a command in another process changed a tenant, key or plan.
#pragma once

#include <cstdint>

#include "base/status.h"
#include "store/store.h"

namespace yupu::commerce {

// Part of every transaction that changes a tenant, key or plan.
Status note_change(store::Transaction& transaction);
// Grows with each change.
Result<std::int64_t> change_sequence(store::Store& store);

// query() through a read snapshot of its own.
Result<std::vector<store::Row>> read_rows(store::Store& store, std::string_view sql,
                                          std::initializer_list<store::Value> parameters = {});

}  // namespace yupu::commerce
