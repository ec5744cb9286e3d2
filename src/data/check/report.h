// What the checks before training found: one line per finding, with file and line.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/status.h"

namespace yupu::data {

enum class Severity : std::uint8_t { kWarning, kError };

// Kinds, and what they mean (docs/data-checks.md):
//   errors    conflict, leakage, thin_label, and the reasons a row cannot be read (docs/formats/dataset.md)
//   warnings  duplicate; near_duplicate, near_conflict, near_leakage (the same letters and digits, other marks);
//             label_error (cross-validation says another label); overlap (two labels that it cannot tell apart)
struct Finding {
  std::string kind;
  Severity severity = Severity::kWarning;
  std::string file;
  std::int64_t line = 0;  // 0: of a label, not of a row
  std::string label;
  std::string detail;
  std::string text;  // excerpt
};

struct CheckReport {
  std::int64_t rows = 0;
  Json summary = Json::object();  // as check_sources() says it (data/import.h)
  std::vector<Finding> findings;  // in the order of files and lines within a kind; label errors likeliest first
  std::string label_check;        // "5 folds over 3795 rows", or why labels were not checked

  std::map<std::string, std::int64_t> counts() const;  // findings of each kind
  bool any_error() const;
  // The summary's members, then "findings_of": {kind: count}, "label_check", "findings": [...].
  Json to_json() const;
  // "train.csv:17: label_error: ...", one line per finding, and the counts at the end.
  std::string to_text() const;
  // Writes PREFIX.json and PREFIX.txt.
  Status write(const std::string& prefix) const;
};

}  // namespace yupu::data
