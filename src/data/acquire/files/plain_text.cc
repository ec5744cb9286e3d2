#include "data/acquire/files/plain_text.h"

#include <fmt/format.h>

#include "data/acquire/files/blocks.h"
#include "data/acquire/files/lines.h"

namespace yupu::data {
namespace {

class PlainTextRows final : public RowSource {
 public:
  explicit PlainTextRows(std::unique_ptr<FileBlocks> blocks)
      : blocks_(std::move(blocks)), reader_([file = blocks_.get()] { return file->next(); }) {}

  Result<bool> next(RawRow& row) override {
    do {
      YUPU_ASSIGN_OR_RETURN(const bool any, reader_.next(line_));
      if (!any) return false;
    } while (line_.text.find_first_not_of(" \t\r") == std::string::npos && !line_.too_long);
    row = RawRow{
        .line = line_.number, .text = line_.text, .label = {}, .lang = {}, .split = {}, .more = {}, .problem = {}};
    if (line_.too_long) {
      row.problem = Problem{"record_too_long", fmt::format("the line is longer than {} bytes", kRecordBytesMax), {}};
    }
    return true;
  }

  std::string sha256() override { return blocks_->sha256(); }
  std::int64_t bytes_read() const override { return blocks_->bytes_read(); }

 private:
  std::unique_ptr<FileBlocks> blocks_;
  LineReader reader_;
  Line line_;
};

}  // namespace

Result<std::unique_ptr<RowSource>> open_plain_text(const ImportSource& source) {
  if (source.fixed_label.empty() && !source.label_column.empty()) {
    return invalid_argument(
        fmt::format("{}: plain text has no column '{}': name one label for the whole file, or import it without labels",
                    source.shown(), source.label_column),
        "label");
  }
  for (const auto* columns : {&source.more_columns, &source.list_columns}) {
    if (columns->empty()) continue;
    return invalid_argument(fmt::format("{}: plain text has one column, '{}' is not there: use CSV, TSV or JSONL",
                                        source.shown(), columns->front()),
                            columns->front());
  }
  YUPU_ASSIGN_OR_RETURN(auto blocks, FileBlocks::open(source.path, source.shown()));
  return std::unique_ptr<RowSource>(std::make_unique<PlainTextRows>(std::move(blocks)));
}

}  // namespace yupu::data
