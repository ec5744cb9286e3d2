// Words of texts on SQLite: FTS5.
#pragma once

#include "store/text_engine.h"

namespace yupu::store {

const TextEngine& sqlite_text_engine();

}  // namespace yupu::store
