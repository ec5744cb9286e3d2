// Comma-separated values, streaming.  RFC 4180, with what real files do besides:
//   record    = field *(delimiter field) end          end = CRLF | LF | CR | end of file
//   field     = plain | quoted                        a quote inside a plain field is an ordinary character
//   quoted    = '"' *(any byte but '"' | '""') '"'    may hold delimiters, line ends, NUL bytes
// An empty line is no record. A UTF-8 byte order mark in front is skipped. Bytes are handed over as they are: encoding
// and NUL bytes are judged by clean/. Memory: one record, at most record_bytes_max.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "data/acquire/files/blocks.h"
#include "data/source.h"

namespace yupu::data {

struct CsvRecord {
  std::int64_t line = 0;            // first line of the record; 1 is the first of the file
  std::vector<std::string> fields;  // at least one
  std::string problem;              // not empty: the record cannot be trusted; says why
  std::string_view problem_reason;  // "malformed", "record_too_long"
};

struct CsvOptions {
  char delimiter = ',';
  std::size_t record_bytes_max = kRecordBytesMax;
  std::size_t fields_max = 4096;
};

// Threads: one owner.
class CsvReader {
 public:
  explicit CsvReader(NextBlock next_block, CsvOptions options = {});
  // False at the end. Errors: those of next_block.
  Result<bool> next(CsvRecord& record);

 private:
  enum class State : std::uint8_t { kRecordStart, kFieldStart, kPlain, kQuoted, kQuoteInQuoted };
  bool take(char c, CsvRecord& record);  // true: the record is complete
  void take_plain(char c, CsvRecord& record);
  void put(char c, CsvRecord& record);
  void new_field(CsvRecord& record);
  void spoil(CsvRecord& record, std::string_view reason, std::string detail) const;
  bool finish(CsvRecord& record);  // at the end of the bytes; true: there was a last record

  NextBlock next_block_;
  CsvOptions options_;
  std::string_view block_;
  bool ended_ = false;
  State state_ = State::kRecordStart;
  bool after_cr_ = false;
  std::int64_t line_ = 1;
  std::int64_t quote_line_ = 0;
  std::size_t record_bytes_ = 0;
};

// Rows of a CSV (or TSV) file with a header line.
Result<std::unique_ptr<RowSource>> open_csv(const ImportSource& source);
Result<std::unique_ptr<RowSource>> open_tsv(const ImportSource& source);

}  // namespace yupu::data
