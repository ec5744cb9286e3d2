#include "tasks/classify/metrics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace yupu::tasks {
namespace {

constexpr std::size_t kConfusionsMax = 20;

double ratio(double part, double whole) { return whole > 0 ? part / whole : 0.0; }

std::map<std::string, HitCounts> count(std::span<const Judged> rows) {
  std::map<std::string, HitCounts> counts;
  for (const Judged& row : rows) {
    counts[row.truth].support += 1;
    counts[row.predicted].predicted += 1;
    if (row.truth == row.predicted) counts[row.truth].hits += 1;
  }
  return counts;
}

Slice slice_of(std::span<const Judged> rows) {
  Slice slice;
  slice.support = static_cast<std::int64_t>(rows.size());
  std::int64_t right = 0;
  std::int64_t labels = 0;
  for (const auto& [label, counts] : count(rows)) {
    right += counts.hits;
    if (counts.support == 0) continue;
    slice.macro_f1 += figures_of(counts).f1;
    ++labels;
  }
  slice.accuracy = ratio(static_cast<double>(right), static_cast<double>(slice.support));
  slice.macro_f1 = ratio(slice.macro_f1, static_cast<double>(labels));
  return slice;
}

std::vector<Confusion> confusions_of(std::span<const Judged> rows) {
  std::map<std::pair<std::string, std::string>, std::int64_t> pairs;
  for (const Judged& row : rows) {
    if (row.truth != row.predicted) ++pairs[{row.truth, row.predicted}];
  }
  std::vector<Confusion> confusions;
  for (const auto& [pair, times] : pairs) confusions.push_back({pair.first, pair.second, times});
  std::stable_sort(confusions.begin(), confusions.end(),
                   [](const Confusion& a, const Confusion& b) { return a.count > b.count; });
  if (confusions.size() > kConfusionsMax) confusions.resize(kConfusionsMax);
  return confusions;
}

}  // namespace

double expected_calibration_error(std::span<const Judged> rows) {
  constexpr std::size_t kBins = 15;
  struct Bin {
    double confidence = 0.0;
    double right = 0.0;
  };
  std::array<Bin, kBins> bins;
  for (const Judged& row : rows) {
    const double place = std::ceil(row.score * kBins) - 1.0;  // (lo, hi]
    Bin& bin = bins[static_cast<std::size_t>(std::clamp(place, 0.0, double{kBins - 1}))];
    bin.confidence += row.score;
    bin.right += row.truth == row.predicted ? 1.0 : 0.0;
  }
  double gap = 0.0;
  for (const Bin& bin : bins) gap += std::fabs(bin.right - bin.confidence);
  return ratio(gap, static_cast<double>(rows.size()));
}

Report classification_report(std::span<const Judged> rows) {
  Report report;
  report.row_count = static_cast<std::int64_t>(rows.size());
  HitCounts pooled;
  for (const auto& [label, label_counts] : count(rows)) {
    report.labels.emplace_back(label, figures_of(label_counts));
    pooled.add(label_counts);
  }
  report.micro = figures_of(pooled);
  report.macro = macro_average(report.labels);
  report.weighted = weighted_average(report.labels);
  report.accuracy = ratio(static_cast<double>(pooled.hits), static_cast<double>(rows.size()));
  report.calibration_error = expected_calibration_error(rows);
  report.confusions = confusions_of(rows);

  std::map<std::string, std::vector<Judged>> slices;
  for (const Judged& row : rows) {
    if (!row.slice.empty()) slices[row.slice].push_back(row);
  }
  for (const auto& [name, members] : slices) report.slices[name] = slice_of(members);
  return report;
}

std::string Report::to_text(int digits) const {
  FiguresText text(labels, digits);
  text.add_blank();
  text.add_single("accuracy", accuracy, row_count);
  text.add("micro avg", micro);
  text.add("macro avg", macro);
  text.add("weighted avg", weighted);
  return text.text();
}

OrderedJson Report::to_json() const {
  OrderedJson json;
  json["row_count"] = row_count;
  json["accuracy"] = accuracy;
  json["micro avg"] = json_of(micro);
  json["macro avg"] = json_of(macro);
  json["weighted avg"] = json_of(weighted);
  json["expected_calibration_error"] = calibration_error;
  json["labels"] = json_of(labels);
  OrderedJson per_slice = OrderedJson::object();
  for (const auto& [name, slice] : slices) {
    per_slice[name] = {{"accuracy", slice.accuracy}, {"macro_f1", slice.macro_f1}, {"support", slice.support}};
  }
  json["slices"] = std::move(per_slice);
  OrderedJson wrong = OrderedJson::array();
  for (const Confusion& confusion : confusions) {
    wrong.push_back({{"truth", confusion.truth}, {"predicted", confusion.predicted}, {"count", confusion.count}});
  }
  json["confusions"] = std::move(wrong);
  return json;
}

}  // namespace yupu::tasks
