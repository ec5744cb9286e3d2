// Chosen columns of a file's rows (CSV, TSV, JSONL): two texts and a score, a text and a label.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"

namespace yupu::data {

struct TextColumn {
  enum class Kind : std::uint8_t {
    kText,
    kLabel,
    kNumber,
    kLabels  // any number of labels, none among them (data/source.h, list_columns)
  };
  std::string name;
  Kind kind = Kind::kText;
};

struct ColumnsRow {
  std::int64_t line = 0;           // in the file; 1 is the first
  std::vector<std::string> cells;  // one for each column, cleaned (clean/clean.h); empty for a number and for labels
  std::vector<double> numbers;     // one for each column; 0 for a text
  std::vector<std::vector<std::string>> lists = {};  // one for each column of labels, sorted, none twice
};

// Every row of the file, in order: complete or an error, because a figure over "most of the file" is not the figure
// that was asked for.
// Outcomes  kInvalidArgument "FILE: line N: field 'NAME': ...": a column that is not there, a blank text or label, what
//           is no finite number; a column named twice; no rows.  kTooLarge: a text above the limit.  kNotFound.
// REQUIRES: at least one column, the first a text; a separator that is not empty.
struct ColumnsRule {
  std::size_t text_bytes_max = 64 << 10;
  std::string separator = ";";  // of labels
};
Result<std::vector<ColumnsRow>> read_columns(const std::string& path, std::span<const TextColumn> columns,
                                             const ColumnsRule& rule = {});

}  // namespace yupu::data
