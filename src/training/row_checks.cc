#include "training/row_checks.h"

#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace yupu::training {
namespace {

std::vector<const handoff::Row*> learned_rows(const TrainOptions& options) {
  std::vector<const handoff::Row*> rows;
  for (const handoff::Row& row : options.train) {
    if (is_learned(options, row)) rows.push_back(&row);
  }
  return rows;
}

}  // namespace

Status require_texts_that_differ(const TrainOptions& options) {
  const std::vector<const handoff::Row*> rows = learned_rows(options);
  if (rows.size() < 2) return ok_status();
  for (const handoff::Row* row : rows) {
    if (row->text != rows.front()->text) return ok_status();
  }
  return invalid_argument(
      fmt::format("all {} training rows have the same text: there is nothing to tell labels apart by", rows.size()),
      "train");
}

std::int64_t tell_conflicts(const TrainOptions& options, handoff::Progress& progress) {
  const std::vector<const handoff::Row*> rows = learned_rows(options);
  std::unordered_map<std::string_view, std::string_view> label_of;
  std::set<std::string_view> torn;
  for (const handoff::Row* row : rows) {
    if (label_of.emplace(row->text, row->label).first->second != row->label) torn.insert(row->text);
  }
  std::int64_t count = 0;
  std::string first;
  for (const handoff::Row* row : rows) {
    if (!torn.contains(row->text)) continue;
    if (count++ == 0 && !row->source.empty()) first = fmt::format(" (first: {})", row->source);
  }
  if (count > 0) {
    progress.note(
        fmt::format("{} training rows have a text that stands under another label too{}: `yupu data check` "
                    "lists them",
                    count, first));
  }
  return count;
}

void tell_unknown_labels(const TrainOptions& options, const tasks::Classifier& classifier,
                         handoff::Progress& progress) {
  for (const auto& [split, rows] : {std::pair("validation", &options.valid), std::pair("test", &options.test)}) {
    std::set<std::string> unknown;
    std::int64_t count = 0;
    for (const handoff::Row& row : *rows) {
      if (row.label == handoff::kOutOfScope || classifier.label_index(row.label)) continue;
      unknown.insert(row.label);
      ++count;
    }
    if (count == 0) continue;
    progress.note(
        fmt::format("{} of {} {} rows have labels that no training row has ({}): counted as wrong, and "
                    "thresholds do not know them",
                    count, rows->size(), split, fmt::join(unknown, ", ")));
  }
}

}  // namespace yupu::training
