// One JSON object a line (https://jsonlines.org), the text and its label under the keys the source names.
#pragma once

#include <memory>

#include "base/status.h"
#include "data/source.h"

namespace yupu::data {

// A label may be a string or a whole number (taken as its decimal digits). Other keys are passed over. Blank lines too.
Result<std::unique_ptr<RowSource>> open_jsonl(const ImportSource& source);

}  // namespace yupu::data
