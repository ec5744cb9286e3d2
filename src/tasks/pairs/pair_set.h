// Two texts and what they are to each other: rows to learn from or to judge by.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace yupu::tasks {

// What is said of a pair.
enum class PairTarget : std::uint8_t {
  kClasses,  // one of some labels: the same or not; entails, contradicts, neither
  kScore,    // a number: how alike, how good an answer
};
std::string_view target_name(PairTarget target);  // "classes", "score"
std::optional<PairTarget> find_target(std::string_view name);

struct PairRow {
  std::string a, b;
  std::string label;      // as the file has it; empty: the file has none
  double score = 0.0;     // the label as a number, where it is one (take_scores)
  std::string group;      // rows of one group are candidates for one query; empty: no group
  std::int64_t line = 0;  // in the file; for errors
};

struct PairSet {
  std::string path;
  std::string label_column;
  std::vector<PairRow> rows;
  bool has_groups() const { return !rows.empty() && !rows.front().group.empty(); }
};

// Numbers with more than two different values are a score, everything else is classes: 0 and 1 are two classes.
// Outcomes  kInvalidArgument "FILE: line N: field 'COLUMN': ...": a label that is no number among more than two that
//           are, which is more likely a slip than a class; asking for classes by name takes it.
Result<PairTarget> detect_target(const PairSet& set);

// Fills PairRow::score.  Outcomes  kInvalidArgument, as above: the first label that is no finite number.
Status take_scores(PairSet& set);

// Over all texts, labels and groups, in order: figures over rows with equal ones are comparable.
std::string rows_sha256(const PairSet& set);

// "FILE: line N: field 'COLUMN': message", kInvalidArgument with that field.
Status label_error(const PairSet& set, const PairRow& row, std::string_view message);

}  // namespace yupu::tasks
