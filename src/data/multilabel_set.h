// Texts with any number of labels out of a file (CSV, TSV, JSONL) with the columns a caller names.
#pragma once

#include <string>

#include "base/status.h"
#include "tasks/multilabel/label_set.h"

namespace yupu::data {

struct MultilabelSource {
  std::string path;
  std::string text_column = "text";
  std::string label_column = "labels";  // a list: in JSONL an array of strings, elsewhere parted by `separator`
  std::string separator = ";";
};

// Complete or an error, texts and labels cleaned (clean/clean.h).  A blank cell is no label; a label said twice counts
// once.  Outcomes  those of read_columns (text_columns.h), each naming file, line and field; an empty separator.
Result<tasks::MultilabelSet> read_multilabel_set(const MultilabelSource& source);

}  // namespace yupu::data
