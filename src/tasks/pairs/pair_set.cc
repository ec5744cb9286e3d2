#include "tasks/pairs/pair_set.h"

#include <charconv>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "base/hash.h"

namespace yupu::tasks {
namespace {

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

}  // namespace

std::string_view target_name(PairTarget target) { return target == PairTarget::kScore ? "score" : "classes"; }

std::optional<PairTarget> find_target(std::string_view name) {
  for (const PairTarget target : {PairTarget::kClasses, PairTarget::kScore}) {
    if (name == target_name(target)) return target;
  }
  return std::nullopt;
}

Status label_error(const PairSet& set, const PairRow& row, std::string_view message) {
  return invalid_argument(fmt::format("{}: line {}: field '{}': {}", set.path, row.line, set.label_column, message),
                          set.label_column);
}

Result<PairTarget> detect_target(const PairSet& set) {
  std::set<double> numbers;
  const PairRow* other = nullptr;
  for (const PairRow& row : set.rows) {
    if (const auto number = number_of(row.label)) {
      numbers.insert(*number);
    } else if (other == nullptr) {
      other = &row;
    }
  }
  if (numbers.size() <= 2) return PairTarget::kClasses;
  if (other == nullptr) return PairTarget::kScore;
  return label_error(set, *other,
                     fmt::format("\"{}\" is no number, and others of the column are: is it a score or a class? (say "
                                 "which with target)",
                                 other->label));
}

Status take_scores(PairSet& set) {
  for (PairRow& row : set.rows) {
    const auto number = number_of(row.label);
    if (!number) return label_error(set, row, fmt::format("\"{}\" is no number", row.label));
    row.score = *number;
  }
  return ok_status();
}

std::string rows_sha256(const PairSet& set) {
  Sha256 hash;
  for (const PairRow& row : set.rows) hash.field(row.a).field(row.b).field(row.label).field(row.group);
  return hash.finish_hex();
}

}  // namespace yupu::tasks
