#include "tasks/multilabel/thresholds.h"

#include <algorithm>
#include <string>

#include "base/check.h"
#include "tasks/binary_cross_entropy.h"

namespace yupu::tasks {
namespace {

constexpr double kTemperatureMax = 50.0;

struct Cell {
  double score = 0.0;
  bool has = false;
};

// The sum of z (sigmoid(b z) - t) grows with b = 1/T and is 0 where the loss is least.
double fit_temperature(std::span<const MultilabelTruth> rows) {
  double positives = 0.0, negatives = 0.0;
  for (const MultilabelTruth& row : rows) {
    for (const std::uint8_t has : row.has) (has != 0 ? positives : negatives) += 1.0;
  }
  if (positives == 0.0 || negatives == 0.0) return 1.0;
  const double high_target = (positives + 1.0) / (positives + 2.0), low_target = 1.0 / (negatives + 2.0);
  const auto slope = [&](double inverse) {
    double sum = 0.0;
    for (const MultilabelTruth& row : rows) {
      for (std::size_t k = 0; k < row.logits.size(); ++k) {
        const auto z = static_cast<double>(row.logits[k]);
        sum += z * (sigmoid(inverse * z) - (row.has[k] != 0 ? high_target : low_target));
      }
    }
    return sum;
  };
  double low = 1.0 / kTemperatureMax, high = kTemperatureMax;
  constexpr int kHalvings = 60;
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = 0.5 * (low + high);
    (slope(middle) < 0.0 ? low : high) = middle;
  }
  return 2.0 / (low + high);
}

// Of scores, highest first, how many to say so that F1 = 2 TP / (said + positives) is highest; the threshold lies
// below the last of them.
double best_threshold(std::vector<Cell> cells) {
  std::stable_sort(cells.begin(), cells.end(), [](const Cell& a, const Cell& b) { return a.score > b.score; });
  const auto positives =
      static_cast<double>(std::count_if(cells.begin(), cells.end(), [](const Cell& c) { return c.has; }));
  double hits = 0.0, best_f1 = 0.0, threshold = kFixedThreshold;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    hits += cells[i].has ? 1.0 : 0.0;
    const double next = i + 1 < cells.size() ? cells[i + 1].score : 0.0;
    if (next == cells[i].score) continue;  // equal scores are said together
    const double f1 = 2.0 * hits / (static_cast<double>(i + 1) + positives);
    if (f1 <= best_f1) continue;
    best_f1 = f1;
    threshold = 0.5 * (cells[i].score + next);
  }
  return threshold;
}

}  // namespace

std::optional<ThresholdRule> find_threshold_rule(std::string_view name) {
  for (std::size_t i = 0; i < kThresholdRules.size(); ++i) {
    if (name == kThresholdRules[i]) return static_cast<ThresholdRule>(i);
  }
  return std::nullopt;
}

Thresholds fit_thresholds(std::span<const MultilabelTruth> rows, ThresholdRule rule) {
  CHECK(!rows.empty(), "no row to fit thresholds to");
  const std::size_t label_count = rows[0].logits.size();
  Thresholds out{.temperature = fit_temperature(rows), .of_label = std::vector<double>(label_count, kFixedThreshold)};
  if (rule == ThresholdRule::kFixed) return out;
  std::vector<std::vector<Cell>> by_label(label_count);
  std::vector<Cell> all;
  for (const MultilabelTruth& row : rows) {
    CHECK(row.logits.size() == label_count && row.has.size() == label_count, "rows of one width");
    for (std::size_t k = 0; k < label_count; ++k) {
      const Cell cell{.score = sigmoid(static_cast<double>(row.logits[k]) / out.temperature), .has = row.has[k] != 0};
      by_label[k].push_back(cell);
      all.push_back(cell);
    }
  }
  const double shared = best_threshold(std::move(all));
  for (std::size_t k = 0; k < label_count; ++k) {
    const auto positives =
        std::count_if(by_label[k].begin(), by_label[k].end(), [](const Cell& cell) { return cell.has; });
    const bool own = rule == ThresholdRule::kPerLabel && positives >= kLeastPositives;
    out.of_label[k] = own ? best_threshold(std::move(by_label[k])) : shared;
  }
  return out;
}

}  // namespace yupu::tasks
