// Words of texts on PostgreSQL: two ordinary tables.
#pragma once

#include "store/text_engine.h"

namespace yupu::store {

const TextEngine& postgres_text_engine();

}  // namespace yupu::store
