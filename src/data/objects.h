// A file's rows as JSON objects: JSON lines as they stand; of CSV and TSV each cell that is not blank as a string under
// its column's name.  For records of many optional fields, which their stage reads and judges itself.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/json.h"
#include "base/status.h"

namespace yupu::data {

// Calls `take` for every row, in order.
// Outcomes  kInvalidArgument "FILE: line N: ...": no object, a broken record, a column that stands twice, an ending
//           that is none of .jsonl .ndjson .csv .tsv .tab, no rows; what `take` returns, with "FILE: line N: " in
//           front; kNotFound.
Status read_objects(const std::string& path, const std::function<Status(std::int64_t line, const Json& object)>& take);

}  // namespace yupu::data
