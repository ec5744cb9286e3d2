// Texts with any number of labels each, none among them: rows to learn from or to judge by.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace yupu::tasks {

struct MultilabelRow {
  std::string text;
  std::vector<std::string> labels;  // sorted, none twice; empty: none fits
  std::int64_t line = 0;            // in the file; for errors
};

struct MultilabelSet {
  std::string path;
  std::string label_column;
  std::vector<MultilabelRow> rows;
};

// All labels of the rows, sorted.
std::vector<std::string> labels_in(const MultilabelSet& set);

// Over all texts and labels, in order: figures over rows with equal ones are comparable.
std::string rows_sha256(const MultilabelSet& set);

// "FILE: line N: field 'COLUMN': message", kInvalidArgument with that field.
Status label_error(const MultilabelSet& set, const MultilabelRow& row, std::string_view message);

}  // namespace yupu::tasks
