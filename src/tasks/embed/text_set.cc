#include "tasks/embed/text_set.h"

#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/hash.h"

namespace yupu::tasks {
namespace {

Status check_pairs(const TextSet& set) {
  std::set<std::pair<std::string_view, std::string_view>> pairs;
  std::set<std::string_view> others;
  for (const TextRow& row : set.rows) {
    pairs.emplace(row.text, row.other);
    others.insert(row.other);
    if (row.negative == row.other)
      return invalid_argument(fmt::format("{}: line {}: the negative is the second text itself", set.path, row.line),
                              "negative");
  }
  if (pairs.size() < 2)
    return invalid_argument(set.path + ": fewer than two different pairs: there is nothing to tell apart", "text-b");
  if (others.size() < 2) {
    return invalid_argument(
        set.path + ": every row has the same second text: there is nothing to tell apart (is it the right column?)",
        "text-b");
  }
  return ok_status();
}

Status check_scores(const TextSet& set) {
  for (const TextRow& row : set.rows) {
    if (row.score != set.rows.front().score) return ok_status();
  }
  return invalid_argument(
      fmt::format("{}: every score is {}: there is nothing to tell apart", set.path, set.rows.front().score), "label");
}

Status check_labels(const TextSet& set) {
  std::map<std::string_view, std::set<std::string_view>> texts;
  for (const TextRow& row : set.rows) texts[row.label].insert(row.text);
  if (texts.size() < 2) {
    return invalid_argument(
        fmt::format("{}: only one label (\"{}\"): there is nothing to tell apart", set.path, set.rows.front().label),
        "label");
  }
  for (const auto& [label, of_label] : texts) {
    if (of_label.size() > 1) return ok_status();
  }
  return invalid_argument(set.path + ": no label has two different texts: nothing belongs together", "label");
}

}  // namespace

std::string_view kind_name(TextSetKind kind) {
  switch (kind) {
    case TextSetKind::kPairs:
      return "pairs";
    case TextSetKind::kScored:
      return "scores";
    case TextSetKind::kLabels:
      return "labels";
  }
  return {};
}

Status check_distinct(const TextSet& set) {
  if (set.rows.empty()) return invalid_argument(set.path + ": no rows", "path");
  switch (set.kind) {
    case TextSetKind::kPairs:
      return check_pairs(set);
    case TextSetKind::kScored:
      return check_scores(set);
    case TextSetKind::kLabels:
      return check_labels(set);
  }
  return ok_status();
}

std::string rows_sha256(const TextSet& set) {
  Sha256 hash;
  hash.field(kind_name(set.kind)).field(std::to_string(set.rows.size()));
  for (const TextRow& row : set.rows)
    hash.field(row.text).field(row.other).field(row.negative).field(row.label).field(fmt::format("{}", row.score));
  return hash.finish_hex();
}

}  // namespace yupu::tasks
