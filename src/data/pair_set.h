// Pairs of texts out of a file (CSV, TSV, JSONL) with the columns a caller names.
#pragma once

#include <string>

#include "base/status.h"
#include "tasks/pairs/pair_set.h"

namespace yupu::data {

struct PairSource {
  std::string path;
  std::string a_column = "text";
  std::string b_column = "text_b";
  std::string label_column = "label";  // empty: the file has no labels
  std::string group_column = {};       // empty: none; may be a_column: the same text is the same query
};

// Complete or an error, the texts cleaned (clean/clean.h); the labels as they stand.
// Outcomes  those of read_columns (text_columns.h), each naming file, line and field.
Result<tasks::PairSet> read_pair_set(const PairSource& source);

}  // namespace yupu::data
