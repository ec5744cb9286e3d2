// Files of pairs as commands name their columns.
#pragma once

#include "app/arguments.h"
#include "data/pair_set.h"

namespace yupu::app {

// --text, --text-b, --label and --group: names of columns; the path is the caller's.
data::PairSource read_pair_columns(Arguments& arguments);

}  // namespace yupu::app
