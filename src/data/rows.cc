#include "data/rows.h"

#include <fmt/format.h>

#include "base/json.h"
#include "data/acquire/files/blocks.h"
#include "data/acquire/files/importers.h"
#include "data/acquire/files/lines.h"

namespace yupu::data {
namespace {

Result<handoff::Row> parse_row(const Line& line, const std::string& where) {
  if (line.too_long) return invalid_argument(where + ": the line is too long");
  const auto object = parse_json(line.text);
  if (!object.ok()) return object.status().with_context(where);
  const Json& json = object.value();
  YUPU_RETURN_IF_ERROR(json_known_keys(json, {"text", "label", "lang", "source", "weight"}, where));
  handoff::Row row;
  YUPU_ASSIGN_OR_RETURN(row.text, json_string(json, "text", where));
  if (row.text.empty()) return invalid_argument(where + ": 'text' is empty", "text");
  if (json.contains("label")) {
    YUPU_ASSIGN_OR_RETURN(row.label, json_string(json, "label", where));
  }
  if (json.contains("lang")) {
    YUPU_ASSIGN_OR_RETURN(row.lang, json_string(json, "lang", where));
  }
  if (json.contains("source")) {
    YUPU_ASSIGN_OR_RETURN(row.source, json_string(json, "source", where));
  }
  return row;
}

Status problem_status(const ImportSource& source, const RawRow& raw, const Problem& problem) {
  const std::string field = problem.field.empty() ? std::string() : fmt::format("field '{}': ", problem.field);
  const Code code = problem.reason == "text_too_long" ? Code::kTooLarge : Code::kInvalidArgument;
  return {code, fmt::format("{}: line {}: {}{}", source.shown(), raw.line, field, problem.detail),
          std::string(problem.field)};
}

}  // namespace

std::string row_line(const handoff::Row& row) {
  OrderedJson json = {{"text", row.text}};
  if (!row.label.empty()) json["label"] = row.label;
  if (!row.lang.empty()) json["lang"] = row.lang;
  if (!row.source.empty()) json["source"] = row.source;
  return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

Status for_each_row(const std::string& jsonl_path, const std::function<Status(const handoff::Row&)>& take) {
  YUPU_ASSIGN_OR_RETURN(const auto blocks, FileBlocks::open(jsonl_path, jsonl_path));
  LineReader reader([&] { return blocks->next(); });
  Line line;
  while (true) {
    YUPU_ASSIGN_OR_RETURN(const bool any, reader.next(line));
    if (!any) return ok_status();
    YUPU_ASSIGN_OR_RETURN(const handoff::Row row, parse_row(line, fmt::format("{}: line {}", jsonl_path, line.number)));
    YUPU_RETURN_IF_ERROR(take(row));
  }
}

Result<std::vector<handoff::Row>> read_rows(const std::string& jsonl_path) {
  std::vector<handoff::Row> rows;
  YUPU_RETURN_IF_ERROR(for_each_row(jsonl_path, [&](const handoff::Row& row) {
    rows.push_back(row);
    return ok_status();
  }));
  return rows;
}

std::optional<Problem> to_row(RawRow& raw, const ImportSource& source, const CleanLimits& limits, handoff::Row& row) {
  if (raw.problem) return raw.problem;
  if (auto problem = clean_text(raw.text, limits)) return problem;
  row.label.clear();
  if (!source.fixed_label.empty()) {
    row.label = source.fixed_label;
  } else if (!source.label_column.empty()) {
    if (auto problem = clean_label(raw.label, limits)) return problem;
    row.label = raw.label;
    if (!source.out_of_scope.empty() && row.label == source.out_of_scope) row.label = handoff::kOutOfScope;
  }
  if (auto problem = clean_lang(raw.lang)) return problem;
  row.text = raw.text;
  row.lang = raw.lang;
  row.source = fmt::format("{}:{}", source.shown(), raw.line);
  return {};
}

Result<std::vector<handoff::Row>> read_labelled_file(const ImportSource& source, const CleanLimits& limits) {
  YUPU_ASSIGN_OR_RETURN(const auto reader, open_rows(source));
  std::vector<handoff::Row> rows;
  RawRow raw;
  while (true) {
    YUPU_ASSIGN_OR_RETURN(const bool any, reader->next(raw));
    if (!any) break;
    handoff::Row row;
    if (const auto problem = to_row(raw, source, limits, row)) return problem_status(source, raw, *problem);
    rows.push_back(std::move(row));
  }
  if (rows.empty()) return invalid_argument(source.shown() + ": no rows in the file", "path");
  return rows;
}

}  // namespace yupu::data
