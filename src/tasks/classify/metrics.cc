#include "tasks/classify/metrics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "base/terminal.h"

namespace yupu::tasks {
namespace {

constexpr std::size_t kConfusionsMax = 20;

struct Counts {
  std::int64_t true_positive = 0;
  std::int64_t predicted = 0;
  std::int64_t support = 0;
};

double ratio(double part, double whole) { return whole > 0 ? part / whole : 0.0; }
double harmonic(double precision, double recall) { return ratio(2 * precision * recall, precision + recall); }

Figures figures_of(const Counts& counts) {
  Figures figures;
  const auto hits = static_cast<double>(counts.true_positive);
  figures.precision = ratio(hits, static_cast<double>(counts.predicted));
  figures.recall = ratio(hits, static_cast<double>(counts.support));
  figures.f1 = harmonic(figures.precision, figures.recall);
  figures.support = counts.support;
  return figures;
}

std::map<std::string, Counts> count(std::span<const Judged> rows) {
  std::map<std::string, Counts> counts;
  for (const Judged& row : rows) {
    counts[row.truth].support += 1;
    counts[row.predicted].predicted += 1;
    if (row.truth == row.predicted) counts[row.truth].true_positive += 1;
  }
  return counts;
}

void add_scaled(Figures& sum, const Figures& figures, double weight) {
  sum.precision += weight * figures.precision;
  sum.recall += weight * figures.recall;
  sum.f1 += weight * figures.f1;
}

Slice slice_of(std::span<const Judged> rows) {
  Slice slice;
  slice.support = static_cast<std::int64_t>(rows.size());
  std::int64_t right = 0;
  std::int64_t labels = 0;
  for (const auto& [label, counts] : count(rows)) {
    right += counts.true_positive;
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

OrderedJson json_of(const Figures& figures) {
  return {{"precision", figures.precision},
          {"recall", figures.recall},
          {"f1-score", figures.f1},
          {"support", figures.support}};
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
  Counts pooled;
  const auto counts = count(rows);
  for (const auto& [label, label_counts] : counts) {
    const Figures figures = figures_of(label_counts);
    report.labels.emplace_back(label, figures);
    pooled.true_positive += label_counts.true_positive;
    pooled.predicted += label_counts.predicted;
    pooled.support += label_counts.support;
    add_scaled(report.macro, figures, 1.0 / static_cast<double>(counts.size()));
    add_scaled(report.weighted, figures, ratio(static_cast<double>(figures.support), static_cast<double>(rows.size())));
  }
  report.micro = figures_of(pooled);
  report.macro.support = report.weighted.support = report.row_count;
  report.accuracy = ratio(static_cast<double>(pooled.true_positive), static_cast<double>(rows.size()));
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
  std::size_t width = std::string_view("weighted avg").size();
  for (const auto& [label, figures] : labels) width = std::max(width, columns(label));
  std::string text = fmt::format("{} ", std::string(width, ' '));
  for (const char* head : {"precision", "recall", "f1-score", "support"}) text += fmt::format(" {:>9}", head);
  text += "\n\n";
  const auto add_line = [&](std::string_view label, const Figures& figures) {
    text += right_aligned(label, width) + " ";
    for (const double value : {figures.precision, figures.recall, figures.f1})
      text += fmt::format(" {:>9.{}f}", value, digits);
    text += fmt::format(" {:>9}\n", figures.support);
  };
  for (const auto& [label, figures] : labels) add_line(label, figures);
  text += "\n" + right_aligned("accuracy", width) + " ";
  text += fmt::format(" {:>9} {:>9} {:>9.{}f} {:>9}\n", "", "", accuracy, digits, row_count);
  add_line("micro avg", micro);
  add_line("macro avg", macro);
  add_line("weighted avg", weighted);
  return text;
}

OrderedJson Report::to_json() const {
  OrderedJson json;
  json["row_count"] = row_count;
  json["accuracy"] = accuracy;
  json["micro avg"] = json_of(micro);
  json["macro avg"] = json_of(macro);
  json["weighted avg"] = json_of(weighted);
  json["expected_calibration_error"] = calibration_error;
  OrderedJson per_label = OrderedJson::object();
  for (const auto& [label, figures] : labels) per_label[label] = json_of(figures);
  json["labels"] = std::move(per_label);
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
