// What an embedder learns from and is judged by: rows of one kind, as a file gives them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace yupu::tasks {

enum class TextSetKind : std::uint8_t {
  kPairs,   // a text and the one that belongs to it, perhaps with one that does not
  kScored,  // two texts and how alike they are
  kLabels,  // a text and its label
};
std::string_view kind_name(TextSetKind kind);  // "pairs", "scores", "labels"

struct TextRow {
  std::string text;
  std::string other;      // pairs, scores: the second text
  std::string negative;   // pairs: one that looks right and is not; in every row of a set or in none
  std::string label;      // labels
  double score = 0.0;     // scores: more is more alike, in any unit
  std::int64_t line = 0;  // in the file; for errors
};

struct TextSet {
  std::string path;
  TextSetKind kind = TextSetKind::kPairs;
  std::vector<TextRow> rows;
  bool has_negatives() const { return !rows.empty() && !rows.front().negative.empty(); }
};

// Whether there is anything to tell apart.  Outcomes  kInvalidArgument "FILE: ...": no rows; pairs: fewer than two
// different ones, the same second text in all, a negative that is the row's second text (line named); scores: all
// alike; labels: one alone, or none that two texts have.
Status check_distinct(const TextSet& set);

// Over all texts, labels and scores, in order: figures over rows with equal ones are comparable.
std::string rows_sha256(const TextSet& set);

}  // namespace yupu::tasks
