// Rows of a CSV file: which column is which, and what a ragged record says.
#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "data/acquire/files/csv.h"
#include "data/acquire/files/lists.h"

namespace yupu::data {
namespace {

class CsvRows final : public RowSource {
 public:
  CsvRows(const ImportSource& source, std::unique_ptr<FileBlocks> blocks, char delimiter)
      : source_(source),
        blocks_(std::move(blocks)),
        reader_([file = blocks_.get()] { return file->next(); }, CsvOptions{.delimiter = delimiter}) {}

  Status read_header() {
    CsvRecord header;
    YUPU_ASSIGN_OR_RETURN(const bool any, reader_.next(header));
    if (!any)
      return invalid_argument(
          fmt::format("{}: line 1: the file is empty, a header line was expected", source_.shown()));
    if (!header.problem.empty()) {
      return invalid_argument(fmt::format("{}: line {}: header: {}", source_.shown(), header.line, header.problem));
    }
    for (std::string& cell : header.fields) cell = trimmed(cell);
    columns_ = header.fields;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (!columns_[i].empty() &&
          std::find(columns_.begin(), columns_.begin() + i, columns_[i]) != columns_.begin() + i) {
        return invalid_argument(fmt::format("{}: line {}: column '{}' stands twice in the header", source_.shown(),
                                            header.line, columns_[i]),
                                columns_[i]);
      }
    }
    YUPU_ASSIGN_OR_RETURN(text_, find(source_.text_column, header.line));
    if (!source_.label_column.empty() && source_.fixed_label.empty()) {
      YUPU_ASSIGN_OR_RETURN(label_, find(source_.label_column, header.line));
    }
    if (!source_.split_column.empty() && source_.fixed_split.empty()) {
      YUPU_ASSIGN_OR_RETURN(split_, find(source_.split_column, header.line));
    }
    for (const std::string& column : source_.more_columns) {
      more_.emplace_back();
      YUPU_ASSIGN_OR_RETURN(more_.back(), find(column, header.line));
    }
    for (const std::string& column : source_.list_columns) {
      lists_.emplace_back();
      YUPU_ASSIGN_OR_RETURN(lists_.back(), find(column, header.line));
    }
    const bool asked = !source_.lang_column.empty() && source_.lang_column != ImportSource().lang_column;
    if (asked || std::find(columns_.begin(), columns_.end(), source_.lang_column) != columns_.end()) {
      YUPU_ASSIGN_OR_RETURN(lang_, find(source_.lang_column, header.line));
    }
    return ok_status();
  }

  Result<bool> next(RawRow& row) override {
    YUPU_ASSIGN_OR_RETURN(const bool any, reader_.next(record_));
    if (!any) return false;
    row.line = record_.line;
    row.problem.reset();
    take(text_, row.text);
    take(label_, row.label);
    take(lang_, row.lang);
    take(split_, row.split);
    row.more.resize(more_.size());
    for (std::size_t i = 0; i < more_.size(); ++i) take(more_[i], row.more[i]);
    row.lists.clear();
    for (const auto& column : lists_) {
      std::string cell;
      take(column, cell);
      row.lists.push_back(split_list(cell, source_.list_separator));
    }
    if (!record_.problem.empty()) {
      row.problem = Problem{record_.problem_reason, record_.problem, {}};
    } else if (record_.fields.size() != columns_.size()) {
      row.problem =
          Problem{"ragged", fmt::format("{} fields, the header has {}", record_.fields.size(), columns_.size()), {}};
    }
    return true;
  }

  std::string sha256() override { return blocks_->sha256(); }
  std::int64_t bytes_read() const override { return blocks_->bytes_read(); }

 private:
  Result<std::optional<std::size_t>> find(const std::string& column, std::int64_t line) const {
    const auto it = std::find(columns_.begin(), columns_.end(), column);
    if (it != columns_.end()) return std::optional<std::size_t>(it - columns_.begin());
    return invalid_argument(fmt::format("{}: line {}: no column '{}'; the columns are: {}", source_.shown(), line,
                                        column, fmt::join(columns_, ", ")),
                            column);
  }
  void take(const std::optional<std::size_t>& column, std::string& out) {
    out.clear();
    if (column && *column < record_.fields.size()) out.swap(record_.fields[*column]);
  }

  ImportSource source_;
  std::unique_ptr<FileBlocks> blocks_;
  CsvReader reader_;
  CsvRecord record_;
  std::vector<std::string> columns_;
  std::optional<std::size_t> text_, label_, lang_, split_;
  std::vector<std::optional<std::size_t>> more_, lists_;
};

Result<std::unique_ptr<RowSource>> open_delimited(const ImportSource& source, char delimiter) {
  YUPU_ASSIGN_OR_RETURN(auto blocks, FileBlocks::open(source.path, source.shown()));
  auto rows = std::make_unique<CsvRows>(source, std::move(blocks), delimiter);
  YUPU_RETURN_IF_ERROR(rows->read_header());
  return std::unique_ptr<RowSource>(std::move(rows));
}

}  // namespace

Result<std::unique_ptr<RowSource>> open_csv(const ImportSource& source) { return open_delimited(source, ','); }
Result<std::unique_ptr<RowSource>> open_tsv(const ImportSource& source) { return open_delimited(source, '\t'); }

}  // namespace yupu::data
