#include "data/text_columns.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "base/check.h"
#include "data/acquire/files/importers.h"
#include "data/clean/clean.h"
#include "data/source.h"

namespace yupu::data {
namespace {

Status at(const std::string& path, std::int64_t line, std::string_view field, const std::string& detail,
          Code code = Code::kInvalidArgument) {
  const std::string named = field.empty() ? std::string() : fmt::format("field '{}': ", field);
  return {code, fmt::format("{}: line {}: {}{}", path, line, named, detail), std::string(field)};
}

std::optional<double> number_of(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return std::nullopt;
  text = text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

ImportSource source_of(const std::string& path, std::span<const TextColumn> columns, const std::string& separator) {
  ImportSource source{.path = path, .text_column = columns[0].name, .label_column = {}, .lang_column = {}};
  source.list_separator = separator;
  for (const TextColumn& column : columns.subspan(1)) {
    auto& names = column.kind == TextColumn::Kind::kLabels ? source.list_columns : source.more_columns;
    names.push_back(column.name);
  }
  return source;
}

// Appends the cell to the row.
Status take(const std::string& path, const TextColumn& column, std::string cell, const CleanLimits& limits,
            ColumnsRow& row) {
  if (column.kind == TextColumn::Kind::kNumber) {
    const auto value = number_of(cell);
    if (!value) return at(path, row.line, column.name, fmt::format("\"{}\" is no number", excerpt(cell)));
    row.cells.emplace_back();
    row.numbers.push_back(*value);
    return ok_status();
  }
  const auto problem = column.kind == TextColumn::Kind::kText ? clean_text(cell, limits) : clean_label(cell, limits);
  if (problem) {
    const Code code = problem->reason == "text_too_long" ? Code::kTooLarge : Code::kInvalidArgument;
    return at(path, row.line, column.name, problem->detail, code);
  }
  row.cells.push_back(std::move(cell));
  row.numbers.push_back(0.0);
  return ok_status();
}

// The same of a cell of labels.
Status take_labels(const std::string& path, const TextColumn& column, std::vector<std::string> labels,
                   const CleanLimits& limits, ColumnsRow& row) {
  for (std::string& label : labels) {
    if (const auto problem = clean_label(label, limits)) return at(path, row.line, column.name, problem->detail);
  }
  std::sort(labels.begin(), labels.end());
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
  row.cells.emplace_back();
  row.numbers.push_back(0.0);
  row.lists.push_back(std::move(labels));
  return ok_status();
}

}  // namespace

Result<std::vector<ColumnsRow>> read_columns(const std::string& path, std::span<const TextColumn> columns,
                                             const ColumnsRule& rule) {
  CHECK(!columns.empty(), "read_columns of no column");
  for (std::size_t i = 0; i < columns.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (columns[i].name == columns[j].name)
        return invalid_argument(fmt::format("{}: column '{}' is asked for twice", path, columns[i].name),
                                columns[i].name);
    }
  }
  YUPU_ASSIGN_OR_RETURN(const auto reader, open_rows(source_of(path, columns, rule.separator)));
  const CleanLimits limits{.text_bytes_max = rule.text_bytes_max};
  std::vector<ColumnsRow> rows;
  RawRow raw;
  while (true) {
    YUPU_ASSIGN_OR_RETURN(const bool any, reader->next(raw));
    if (!any) break;
    if (raw.problem) {
      const std::string_view field = raw.problem->field == "text" ? columns[0].name : raw.problem->field;
      return at(path, raw.line, field, raw.problem->detail);
    }
    ColumnsRow row{.line = raw.line, .cells = {}, .numbers = {}};
    YUPU_RETURN_IF_ERROR(take(path, columns[0], std::move(raw.text), limits, row));
    auto cell = raw.more.begin();
    auto list = raw.lists.begin();
    for (const TextColumn& column : columns.subspan(1)) {
      YUPU_RETURN_IF_ERROR(column.kind == TextColumn::Kind::kLabels
                               ? take_labels(path, column, std::move(*list++), limits, row)
                               : take(path, column, std::move(*cell++), limits, row));
    }
    rows.push_back(std::move(row));
  }
  if (rows.empty()) return invalid_argument(path + ": no rows in the file", "path");
  return rows;
}

}  // namespace yupu::data
