#include "data/check/label_errors.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/check.h"

namespace yupu::data {
namespace {

// By label; 0 for a label without a row.
std::vector<double> usual_confidence(const Probabilities& rows, std::span<const std::int32_t> labels) {
  std::vector<double> sums(rows.front().size(), 0.0);
  std::vector<double> counts(sums.size(), 0.0);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto label = static_cast<std::size_t>(labels[i]);
    sums[label] += rows[i][label];
    counts[label] += 1.0;
  }
  for (std::size_t j = 0; j < sums.size(); ++j) sums[j] /= std::max(counts[j], 1.0);
  return sums;
}

std::size_t likeliest(std::span<const float> row) {
  return static_cast<std::size_t>(std::max_element(row.begin(), row.end()) - row.begin());
}

}  // namespace

std::vector<LabelError> find_label_errors(const Probabilities& rows, std::span<const std::int32_t> labels) {
  CHECK(rows.size() == labels.size(), "a label a row");
  std::vector<LabelError> errors;
  if (rows.empty()) return errors;
  const std::vector<double> usual = usual_confidence(rows, labels);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto given = static_cast<std::size_t>(labels[i]);
    const std::size_t suggested = likeliest(rows[i]);
    if (suggested == given || rows[i][given] >= kDoubt * usual[given]) continue;
    errors.push_back({.row = i,
                      .suggested = static_cast<std::int32_t>(suggested),
                      .given_probability = rows[i][given],
                      .suggested_probability = rows[i][suggested]});
  }
  std::stable_sort(errors.begin(), errors.end(), [](const LabelError& a, const LabelError& b) {
    return a.suggested_probability - a.given_probability > b.suggested_probability - b.given_probability;
  });
  return errors;
}

std::vector<Overlap> find_overlaps(const Probabilities& rows, std::span<const std::int32_t> labels,
                                   const OverlapLimits& limits) {
  CHECK(rows.size() == labels.size(), "a label a row");
  std::map<std::int32_t, std::int64_t> counts;
  for (const std::int32_t label : labels) ++counts[label];
  std::map<std::pair<std::int32_t, std::int32_t>, std::int64_t> across;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto suggested = static_cast<std::int32_t>(likeliest(rows[i]));
    if (suggested != labels[i]) ++across[{std::min(labels[i], suggested), std::max(labels[i], suggested)}];
  }
  std::vector<Overlap> overlaps;
  for (const auto& [pair, count] : across) {
    const double share = static_cast<double>(count) / static_cast<double>(counts[pair.first] + counts[pair.second]);
    if (count < limits.rows_least || share < limits.share_least) continue;
    overlaps.push_back({.first = pair.first, .second = pair.second, .rows = count, .share = share});
  }
  std::stable_sort(overlaps.begin(), overlaps.end(),
                   [](const Overlap& a, const Overlap& b) { return a.share > b.share; });
  return overlaps;
}

}  // namespace yupu::data
