#include "tasks/multilabel/label_set.h"

#include <set>

#include <fmt/format.h>

#include "base/hash.h"

namespace yupu::tasks {

std::vector<std::string> labels_in(const MultilabelSet& set) {
  std::set<std::string> labels;
  for (const MultilabelRow& row : set.rows) labels.insert(row.labels.begin(), row.labels.end());
  return {labels.begin(), labels.end()};
}

std::string rows_sha256(const MultilabelSet& set) {
  Sha256 hash;
  for (const MultilabelRow& row : set.rows) {
    hash.field(row.text).field(std::to_string(row.labels.size()));
    for (const std::string& label : row.labels) hash.field(label);
  }
  return hash.finish_hex();
}

Status label_error(const MultilabelSet& set, const MultilabelRow& row, std::string_view message) {
  return invalid_argument(fmt::format("{}: line {}: field '{}': {}", set.path, row.line, set.label_column, message),
                          set.label_column);
}

}  // namespace yupu::tasks
