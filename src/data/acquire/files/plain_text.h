// Plain text, one text a line.  The label comes from the source (fixed_label) or there is none.
#pragma once

#include <memory>

#include "base/status.h"
#include "data/source.h"

namespace yupu::data {

// Blank lines are passed over. Error: kInvalidArgument when the source wants labels (label_column) and fixes none.
Result<std::unique_ptr<RowSource>> open_plain_text(const ImportSource& source);

}  // namespace yupu::data
