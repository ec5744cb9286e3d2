#include "data/pair_set.h"

#include <optional>
#include <vector>

#include "data/text_columns.h"

namespace yupu::data {

Result<tasks::PairSet> read_pair_set(const PairSource& source) {
  std::vector<TextColumn> columns = {{.name = source.a_column}, {.name = source.b_column}};
  std::optional<std::size_t> label, group;
  const auto ask = [&](const std::string& name, std::optional<std::size_t>& place) {
    if (name.empty()) return;
    place = columns.size();
    columns.push_back({.name = name, .kind = TextColumn::Kind::kLabel});
  };
  ask(source.label_column, label);
  if (source.group_column == source.a_column) {
    group = 0;
  } else {
    ask(source.group_column, group);
  }
  YUPU_ASSIGN_OR_RETURN(auto rows, read_columns(source.path, columns));
  tasks::PairSet set{.path = source.path, .label_column = source.label_column, .rows = {}};
  set.rows.reserve(rows.size());
  for (ColumnsRow& row : rows) {
    tasks::PairRow& pair = set.rows.emplace_back();
    pair.line = row.line;
    if (label) pair.label = row.cells[*label];
    if (group) pair.group = row.cells[*group];
    pair.a = std::move(row.cells[0]);
    pair.b = std::move(row.cells[1]);
  }
  return set;
}

}  // namespace yupu::data
