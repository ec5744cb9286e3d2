#include "data/objects.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include <fmt/format.h>

#include "data/acquire/files/blocks.h"
#include "data/acquire/files/csv.h"
#include "data/acquire/files/lines.h"
#include "data/acquire/files/lists.h"

namespace yupu::data {
namespace {

using Take = std::function<Status(std::int64_t line, const Json& object)>;

Status at(const std::string& path, std::int64_t line, const Status& status) {
  return status.with_context(fmt::format("{}: line {}", path, line));
}

NextBlock blocks_of(FileBlocks& file) {
  return [&file] { return file.next(); };
}

Result<std::int64_t> read_json_lines(const std::string& path, FileBlocks& file, const Take& take) {
  LineReader lines(blocks_of(file));
  Line line;
  std::int64_t count = 0;
  while (true) {
    YUPU_ASSIGN_OR_RETURN(const bool any, lines.next(line));
    if (!any) return count;
    if (line.too_long) {
      return at(path, line.number, invalid_argument(fmt::format("the line is longer than {} bytes", kRecordBytesMax)));
    }
    if (trimmed(line.text).empty()) continue;
    const auto object = parse_json(line.text);
    if (!object.ok()) return at(path, line.number, object.status());
    if (!object->is_object()) {
      return at(path, line.number,
                invalid_argument(fmt::format("a JSON object was expected, this is {}", object->type_name())));
    }
    const Status taken = take(line.number, *object);
    if (!taken.ok()) return at(path, line.number, taken);
    ++count;
  }
}

Result<std::vector<std::string>> read_header(const std::string& path, CsvReader& reader) {
  CsvRecord header;
  YUPU_ASSIGN_OR_RETURN(const bool any, reader.next(header));
  if (!any) return invalid_argument(fmt::format("{}: line 1: the file is empty, a header line was expected", path));
  if (!header.problem.empty()) return at(path, header.line, invalid_argument("header: " + header.problem));
  for (std::string& cell : header.fields) cell = trimmed(cell);
  std::vector<std::string> sorted = header.fields;
  std::sort(sorted.begin(), sorted.end());
  if (const auto twice = std::adjacent_find(sorted.begin(), sorted.end()); twice != sorted.end()) {
    return at(path, header.line, invalid_argument(fmt::format("column '{}' stands twice", *twice), *twice));
  }
  return header.fields;
}

Result<std::int64_t> read_cells(const std::string& path, FileBlocks& file, char delimiter, const Take& take) {
  CsvReader reader(blocks_of(file), CsvOptions{.delimiter = delimiter});
  YUPU_ASSIGN_OR_RETURN(const auto columns, read_header(path, reader));
  CsvRecord record;
  std::int64_t count = 0;
  while (true) {
    YUPU_ASSIGN_OR_RETURN(const bool any, reader.next(record));
    if (!any) return count;
    if (!record.problem.empty()) return at(path, record.line, invalid_argument(record.problem));
    if (record.fields.size() != columns.size()) {
      return at(path, record.line,
                invalid_argument(fmt::format("{} fields, the header has {}", record.fields.size(), columns.size())));
    }
    Json object = Json::object();
    for (std::size_t i = 0; i < columns.size(); ++i) {
      std::string cell = trimmed(record.fields[i]);
      if (!cell.empty()) object[columns[i]] = std::move(cell);
    }
    const Status taken = take(record.line, object);
    if (!taken.ok()) return at(path, record.line, taken);
    ++count;
  }
}

}  // namespace

Status read_objects(const std::string& path, const Take& take) {
  const std::string ending = std::filesystem::path(path).extension().string();
  const bool is_json = ending == ".jsonl" || ending == ".ndjson";
  const bool is_tabs = ending == ".tsv" || ending == ".tab";
  if (!is_json && !is_tabs && ending != ".csv") {
    return invalid_argument(fmt::format("{}: '{}' is none of .jsonl .ndjson .csv .tsv .tab", path, ending), "path");
  }
  YUPU_ASSIGN_OR_RETURN(const auto file, FileBlocks::open(path, path));
  YUPU_ASSIGN_OR_RETURN(const std::int64_t count, is_json ? read_json_lines(path, *file, take)
                                                          : read_cells(path, *file, is_tabs ? '\t' : ',', take));
  if (count == 0) return invalid_argument(path + ": no rows in the file", "path");
  return ok_status();
}

}  // namespace yupu::data
