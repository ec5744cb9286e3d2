#include "data/multilabel_set.h"

#include <vector>

#include "data/text_columns.h"

namespace yupu::data {

Result<tasks::MultilabelSet> read_multilabel_set(const MultilabelSource& source) {
  if (source.separator.empty()) return invalid_argument("the separator of labels is empty", "separator");
  const std::vector<TextColumn> columns = {{.name = source.text_column},
                                           {.name = source.label_column, .kind = TextColumn::Kind::kLabels}};
  YUPU_ASSIGN_OR_RETURN(auto rows, read_columns(source.path, columns, {.separator = source.separator}));
  tasks::MultilabelSet set{.path = source.path, .label_column = source.label_column, .rows = {}};
  set.rows.reserve(rows.size());
  for (ColumnsRow& row : rows) {
    set.rows.push_back({.text = std::move(row.cells[0]), .labels = std::move(row.lists[0]), .line = row.line});
  }
  return set;
}

}  // namespace yupu::data
