#include "data/acquire/files/jsonl.h"

#include <vector>

#include <fmt/format.h>

#include "base/json.h"
#include "data/acquire/files/blocks.h"
#include "data/acquire/files/lines.h"
#include "data/acquire/files/lists.h"

namespace yupu::data {
namespace {

class JsonlRows final : public RowSource {
 public:
  JsonlRows(const ImportSource& source, std::unique_ptr<FileBlocks> blocks)
      : source_(source), blocks_(std::move(blocks)), reader_([file = blocks_.get()] { return file->next(); }) {}

  Result<bool> next(RawRow& row) override {
    do {
      YUPU_ASSIGN_OR_RETURN(const bool any, reader_.next(line_));
      if (!any) return false;
    } while (line_.text.find_first_not_of(" \t\r") == std::string::npos && !line_.too_long);
    row = RawRow{.line = line_.number, .text = {}, .label = {}, .lang = {}, .split = {}, .more = {}, .problem = {}};
    if (line_.too_long) {
      spoil(row, "record_too_long", fmt::format("the line is longer than {} bytes", kRecordBytesMax), {});
      return true;
    }
    const auto object = parse_json(line_.text);
    if (!object.ok()) {
      spoil(row, "malformed", object.status().message(), {});
    } else if (!object.value().is_object()) {
      spoil(row, "malformed", fmt::format("a JSON object was expected, this is {}", object.value().type_name()), {});
    } else {
      take_members(object.value(), row);
    }
    return true;
  }

  std::string sha256() override { return blocks_->sha256(); }
  std::int64_t bytes_read() const override { return blocks_->bytes_read(); }

 private:
  enum class Numbers : std::uint8_t { kNone, kIntegers, kAll };  // that may stand where a string is asked for

  void spoil(RawRow& row, std::string_view reason, std::string detail, std::string_view field) const {
    if (row.text.empty()) row.text = line_.text;  // something to recognise the line by
    if (!row.problem) row.problem = Problem{reason, std::move(detail), field};
  }

  void take_members(const Json& object, RawRow& row) const {
    take(object, source_.text_column, "text", true, row, row.text);
    if (source_.fixed_label.empty() && !source_.label_column.empty()) {
      take(object, source_.label_column, "label", true, row, row.label, Numbers::kIntegers);
    }
    const bool lang_asked = source_.lang_column != ImportSource().lang_column;
    if (!source_.lang_column.empty()) take(object, source_.lang_column, "lang", lang_asked, row, row.lang);
    if (source_.fixed_split.empty() && !source_.split_column.empty()) {
      take(object, source_.split_column, "split", true, row, row.split);
    }
    row.more.resize(source_.more_columns.size());
    for (std::size_t i = 0; i < row.more.size(); ++i)
      take(object, source_.more_columns[i], source_.more_columns[i], true, row, row.more[i], Numbers::kAll);
    for (const std::string& column : source_.list_columns) take_list(object, column, row);
  }

  void take_list(const Json& object, const std::string& key, RawRow& row) const {
    std::vector<std::string>& list = row.lists.emplace_back();
    const auto it = object.find(key);
    if (it == object.end() || !it->is_array()) {
      std::string cell;
      take(object, key, key, true, row, cell);
      list = split_list(cell, source_.list_separator);
      return;
    }
    for (const Json& item : *it) {
      if (!item.is_string())
        return spoil(row, "malformed", fmt::format("'{}' holds {}, not a string", key, item.type_name()), key);
      list.push_back(item.get<std::string>());
    }
  }

  void take(const Json& object, const std::string& key, std::string_view field, bool required, RawRow& row,
            std::string& out, Numbers numbers = Numbers::kNone) const {
    const auto it = object.find(key);
    if (it == object.end() || it->is_null()) {
      if (!required) return;
      std::vector<std::string> keys;
      keys.reserve(object.size());
      for (const auto& [name, value] : object.items()) keys.push_back(name);
      return spoil(row, "missing_field", fmt::format("no field '{}'; the fields are: {}", key, fmt::join(keys, ", ")),
                   field);
    }
    if (it->is_string()) {
      out = it->get_ref<const std::string&>();
    } else if ((numbers == Numbers::kIntegers && it->is_number_integer()) ||
               (numbers == Numbers::kAll && it->is_number())) {
      out = to_text(*it);
    } else {
      spoil(row, "malformed", fmt::format("'{}' must be a string, not {}", key, it->type_name()), field);
    }
  }

  ImportSource source_;
  std::unique_ptr<FileBlocks> blocks_;
  LineReader reader_;
  Line line_;
};

}  // namespace

Result<std::unique_ptr<RowSource>> open_jsonl(const ImportSource& source) {
  YUPU_ASSIGN_OR_RETURN(auto blocks, FileBlocks::open(source.path, source.shown()));
  return std::unique_ptr<RowSource>(std::make_unique<JsonlRows>(source, std::move(blocks)));
}

}  // namespace yupu::data
