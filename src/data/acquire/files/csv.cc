#include "data/acquire/files/csv.h"

#include <fmt/format.h>

namespace yupu::data {

CsvReader::CsvReader(NextBlock next_block, CsvOptions options)
    : next_block_(without_byte_order_mark(std::move(next_block))), options_(options) {}

void CsvReader::spoil(CsvRecord& record, std::string_view reason, std::string detail) const {
  if (!record.problem.empty()) return;  // the first problem says it
  record.problem_reason = reason;
  record.problem = std::move(detail);
}

void CsvReader::new_field(CsvRecord& record) {
  if (record.fields.size() >= options_.fields_max) {
    spoil(record, "malformed", fmt::format("more than {} fields", options_.fields_max));
    return;
  }
  record.fields.emplace_back();
}

void CsvReader::put(char c, CsvRecord& record) {
  if (++record_bytes_ > options_.record_bytes_max) {
    spoil(record, "record_too_long", fmt::format("the record is longer than {} bytes", options_.record_bytes_max));
    return;
  }
  record.fields.back().push_back(c);
}

void CsvReader::take_plain(char c, CsvRecord& record) {
  if (c == options_.delimiter) {
    new_field(record);
    state_ = State::kFieldStart;
  } else {
    put(c, record);
    state_ = State::kPlain;
  }
}

bool CsvReader::take(char c, CsvRecord& record) {
  const bool joins_cr = after_cr_ && c == '\n';  // the LF of a CRLF: the line was counted at the CR
  after_cr_ = c == '\r';
  const std::int64_t line = line_;
  if (c == '\r' || (c == '\n' && !joins_cr)) ++line_;

  if (state_ == State::kQuoted) {
    if (c == '"') {
      state_ = State::kQuoteInQuoted;
    } else {
      put(c, record);
    }
    return false;
  }
  if (state_ == State::kRecordStart) {
    if (c == '\r' || c == '\n') return false;  // an empty line, or the LF of a CRLF
    record.line = line;
    new_field(record);
    state_ = State::kFieldStart;
  }
  if (c == '\r' || c == '\n') {
    state_ = State::kRecordStart;
    return true;
  }
  if (state_ == State::kQuoteInQuoted && c == '"') {
    put('"', record);
    state_ = State::kQuoted;
    return false;
  }
  if (state_ == State::kFieldStart && c == '"') {
    quote_line_ = line;
    state_ = State::kQuoted;
    return false;
  }
  if (state_ == State::kQuoteInQuoted && c != options_.delimiter) {
    spoil(record, "malformed", fmt::format("field {}: text after the closing quote", record.fields.size()));
  }
  take_plain(c, record);
  return false;
}

bool CsvReader::finish(CsvRecord& record) {
  if (state_ == State::kRecordStart) return false;
  if (state_ == State::kQuoted) {
    spoil(record, "malformed",
          fmt::format("the quote opened on line {} is never closed; the file was swallowed from there to its end",
                      quote_line_));
    // "never closed" explains more than "too long", which an open quote also causes.
    if (record.problem_reason == "record_too_long") {
      record.problem += fmt::format("; the quote opened on line {} is never closed", quote_line_);
    }
  }
  state_ = State::kRecordStart;
  return true;
}

Result<bool> CsvReader::next(CsvRecord& record) {
  record.fields.clear();
  record.problem.clear();
  record.problem_reason = {};
  record_bytes_ = 0;
  while (true) {
    while (!block_.empty()) {
      const char c = block_.front();
      block_.remove_prefix(1);
      if (take(c, record)) return true;
    }
    if (ended_) return finish(record);
    YUPU_ASSIGN_OR_RETURN(block_, next_block_());
    if (block_.empty()) ended_ = true;
  }
}

}  // namespace yupu::data
