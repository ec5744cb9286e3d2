// Files of labelled rows, as every command that takes them names their columns.
#pragma once

#include <string>
#include <vector>

#include "app/arguments.h"
#include "base/status.h"
#include "data/source.h"
#include "handoff/types.h"

namespace yupu::app {

// --text --label --lang: the columns; --out-of-scope LABEL: which label means that none fits.
data::ImportSource read_row_shape(Arguments& arguments);

// The rows of `path`, none when it is empty.  Outcomes  those of data::read_labelled_file.
Result<std::vector<handoff::Row>> read_rows(const data::ImportSource& shape, const std::string& path);

}  // namespace yupu::app
