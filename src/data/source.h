// Where rows come from: what a caller names to import a file, and what a reader hands over, row by row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace yupu::data {

// One file of rows.  The format follows from the file's name (acquire/files/importers.h).
struct ImportSource {
  std::string path = {};
  std::string name = {};               // what rows, rejects and errors call the file; empty: `path`
  std::string text_column = "text";    // column (CSV, TSV) or key (JSONL)
  std::string label_column = "label";  // empty: the file has no labels
  std::string lang_column = "lang";    // used when the file has it; a name of the caller's own must be there
  std::string split_column = {};       // empty: none. Values: train, valid (dev, validation), test, or blank
  std::string fixed_label = {};        // not empty: every row has this label, label_column is not read
  std::string out_of_scope = {};       // not empty: this label of the file means that no label fits
  std::string fixed_split = {};        // not empty: "train", "valid" or "test" for every row
  // Further columns, which must be there: a second text, a score.
  std::vector<std::string> more_columns = {};
  // Further columns whose cells are lists, which must be there: in CSV and TSV parted by list_separator, in JSONL
  // arrays of strings, or strings parted likewise.  A blank cell is an empty list.
  std::vector<std::string> list_columns = {};
  std::string list_separator = ";";
  const std::string& shown() const { return name.empty() ? path : name; }
};

// Why a row was not taken.  `reason` is a stable word (docs/formats/dataset.md lists them), `detail` a sentence.
struct Problem {
  std::string_view reason;  // of static storage
  std::string detail;
  std::string_view field;  // "text", "label", ... or empty: the whole line
};

// One row as it stands in the file: bytes, nothing cleaned, nothing checked.
struct RawRow {
  std::int64_t line = 0;  // 1 is the first; of a row over several lines, the first of them
  std::string text, label, lang, split;
  std::vector<std::string> more = {};                // one cell for each of more_columns
  std::vector<std::vector<std::string>> lists = {};  // one for each of list_columns
  std::optional<Problem> problem;                    // the row could not be read; text then holds what there is of it
};

// Reads one file from the front to the back in memory that does not depend on the file's size.
// Threads: one owner.
class RowSource {
 public:
  virtual ~RowSource() = default;
  // Fills `row`; false at the end of the file. A row that is wrong in itself is handed over with its `problem`.
  // Errors: the file cannot be read at all (kNotFound, ...), or lacks a column: kInvalidArgument naming file, line,
  // field and the columns found.
  virtual Result<bool> next(RawRow& row) = 0;
  // After next() said false: hash of the whole file, hex.
  virtual std::string sha256() = 0;
  virtual std::int64_t bytes_read() const = 0;
};

// The longest record (CSV record, JSON line, text line) kept; the rest of a longer one is skipped, and the row
// rejected.
inline constexpr std::size_t kRecordBytesMax = 1 << 20;

}  // namespace yupu::data
