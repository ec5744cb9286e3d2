#include "tasks/multilabel/multilabel_report.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "base/check.h"
#include "tasks/metrics/binary_curve.h"

namespace yupu::tasks {
namespace {

HitCounts counts_of(const JudgedLabels& row) {
  HitCounts counts;
  for (std::size_t k = 0; k < row.has.size(); ++k) {
    counts.hits += row.said[k] & row.has[k];
    counts.predicted += row.said[k];
    counts.support += row.has[k];
  }
  return counts;
}

Figures samples_average(std::span<const JudgedLabels> rows) {
  NamedFigures each;
  for (const JudgedLabels& row : rows) each.emplace_back("", figures_of(counts_of(row)));
  return macro_average(each);
}

double cell_calibration_error(std::span<const JudgedLabels> rows) {
  constexpr std::size_t kBins = 15;
  std::array<double, kBins> gap = {};
  double cells = 0.0;
  for (const JudgedLabels& row : rows) {
    for (std::size_t k = 0; k < row.scores.size(); ++k) {
      const double place = std::ceil(row.scores[k] * kBins) - 1.0;  // (lo, hi]
      gap[static_cast<std::size_t>(std::clamp(place, 0.0, double{kBins - 1}))] +=
          (row.has[k] != 0 ? 1.0 : 0.0) - row.scores[k];
      cells += 1.0;
    }
  }
  double sum = 0.0;
  for (const double of_bin : gap) sum += std::fabs(of_bin);
  return sum / cells;
}

// Of one label, or of all cells when none is named.
std::optional<double> average_precision(std::span<const JudgedLabels> rows, std::optional<std::size_t> label) {
  std::vector<double> scores;
  std::vector<std::uint8_t> has;
  for (const JudgedLabels& row : rows) {
    const std::size_t begin = label.value_or(0), end = label ? *label + 1 : row.has.size();
    scores.insert(scores.end(), row.scores.begin() + static_cast<std::ptrdiff_t>(begin),
                  row.scores.begin() + static_cast<std::ptrdiff_t>(end));
    has.insert(has.end(), row.has.begin() + static_cast<std::ptrdiff_t>(begin),
               row.has.begin() + static_cast<std::ptrdiff_t>(end));
  }
  const auto curve = binary_curve(scores, has);
  return curve ? std::optional(curve->average_precision) : std::nullopt;
}

}  // namespace

MultilabelReport multilabel_report(const std::vector<std::string>& labels, std::span<const JudgedLabels> rows) {
  CHECK(!rows.empty(), "no row to report on");
  MultilabelReport report;
  report.row_count = static_cast<std::int64_t>(rows.size());
  HitCounts pooled;
  for (std::size_t k = 0; k < labels.size(); ++k) {
    HitCounts counts;
    for (const JudgedLabels& row : rows) {
      counts.add({.hits = row.said[k] & row.has[k], .predicted = row.said[k], .support = row.has[k]});
    }
    report.labels.emplace_back(labels[k], figures_of(counts));
    report.average_precision.push_back(average_precision(rows, k));
    pooled.add(counts);
  }
  report.micro = figures_of(pooled);
  report.macro = macro_average(report.labels);
  report.weighted = weighted_average(report.labels);
  report.samples = samples_average(rows);
  report.samples.support = pooled.support;
  std::int64_t exact = 0;
  for (const JudgedLabels& row : rows) {
    CHECK(row.has.size() == labels.size(), "a cell for every label");
    exact += row.said == row.has ? 1 : 0;
    report.unlabelled_count += counts_of(row).support == 0 ? 1 : 0;
  }
  report.exact_match = static_cast<double>(exact) / static_cast<double>(rows.size());
  report.hamming_loss = static_cast<double>(pooled.predicted + pooled.support - 2 * pooled.hits) /
                        static_cast<double>(rows.size() * labels.size());
  report.micro_average_precision = average_precision(rows, std::nullopt);
  double sum = 0.0, count = 0.0;
  for (const std::optional<double>& of_label : report.average_precision) {
    if (!of_label) continue;
    sum += *of_label;
    count += 1.0;
  }
  if (count > 0.0) report.mean_average_precision = sum / count;
  report.calibration_error = cell_calibration_error(rows);
  return report;
}

std::string MultilabelReport::to_text(int digits) const {
  FiguresText text(labels, digits);
  text.add_blank();
  text.add("micro avg", micro);
  text.add("macro avg", macro);
  text.add("weighted avg", weighted);
  text.add("samples avg", samples);
  std::string out = text.text();
  const auto shown = [&](const std::optional<double>& number) {
    return number ? fmt::format("{:.{}f}", *number, digits) : std::string("not defined");
  };
  out += fmt::format("\nexact match {:.{}f}, Hamming loss {:.{}f}; average precision: micro {}, mean over labels {}\n",
                     exact_match, digits, hamming_loss, digits, shown(micro_average_precision),
                     shown(mean_average_precision));
  return out + fmt::format("{} rows, {} of them without a label; expected calibration error {:.{}f}\n", row_count,
                           unlabelled_count, calibration_error, digits);
}

OrderedJson MultilabelReport::to_json() const {
  OrderedJson json;
  json["row_count"] = row_count;
  json["unlabelled_count"] = unlabelled_count;
  json["exact_match"] = exact_match;
  json["hamming_loss"] = hamming_loss;
  json["micro_average_precision"] = number_or_null(micro_average_precision);
  json["mean_average_precision"] = number_or_null(mean_average_precision);
  json["expected_calibration_error"] = calibration_error;
  json["micro avg"] = json_of(micro);
  json["macro avg"] = json_of(macro);
  json["weighted avg"] = json_of(weighted);
  json["samples avg"] = json_of(samples);
  json["labels"] = json_of(labels);
  for (std::size_t k = 0; k < labels.size(); ++k)
    json["labels"][labels[k].first]["average_precision"] = number_or_null(average_precision[k]);
  return json;
}

}  // namespace yupu::tasks
