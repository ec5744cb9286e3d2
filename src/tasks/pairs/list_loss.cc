#include "tasks/pairs/list_loss.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "base/check.h"
#include "engine/ops/known_gradient/known_gradient.h"

namespace yupu::tasks {
namespace {

// ln of the sum of the exponentials.  REQUIRES: not empty.
double log_sum(std::span<const double> values) {
  const double top = *std::max_element(values.begin(), values.end());
  double sum = 0.0;
  for (const double value : values) sum += std::exp(value - top);
  return top + std::log(sum);
}

// A row's relevance, and its slope by each of the row's logits.
struct LogOdds {
  double value = 0.0;
  std::vector<double> slope;
};

LogOdds log_odds_of(std::span<const float> row, std::optional<std::int32_t> positive) {
  LogOdds odds{.value = static_cast<double>(row[0]), .slope = std::vector<double>(row.size(), 1.0)};
  if (!positive) return odds;
  const auto right = static_cast<std::size_t>(*positive);
  std::vector<double> others;
  for (std::size_t k = 0; k < row.size(); ++k) {
    if (k != right) others.push_back(static_cast<double>(row[k]));
  }
  const double rest = log_sum(others);
  odds.value = static_cast<double>(row[right]) - rest;
  for (std::size_t k = 0; k < row.size(); ++k) {
    if (k != right) odds.slope[k] = -std::exp(static_cast<double>(row[k]) - rest);
  }
  return odds;
}

}  // namespace

bool is_relevant(const PairModel& model, const PairRow& row) {
  constexpr double kRelevantShare = 0.5;  // of a score's scale
  return model.target() == PairTarget::kScore ? model.scale().to_unit(row.score) >= kRelevantShare
                                              : model.label_is_positive(row.label);
}

engine::Var list_cross_entropy(const engine::Var& logits, std::span<const std::int64_t> sizes,
                               std::optional<std::int32_t> positive, double smoothing) {
  const auto outputs = static_cast<std::size_t>(logits.size(1));
  const std::int64_t rows = std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0});
  CHECK(rows == logits.size(0), "lists that are the rows");
  CHECK(positive ? outputs > 1 : outputs == 1, "a score has one logit, classes have more");
  engine::Tensor gradient = logits.value().clone();
  const std::span<const float> z = logits.value().values();
  double loss = 0.0;
  std::size_t begin = 0;
  for (const std::int64_t size : sizes) {
    std::vector<LogOdds> candidates;
    std::vector<double> relevance;
    for (std::size_t i = 0; i < static_cast<std::size_t>(size); ++i) {
      candidates.push_back(log_odds_of(z.subspan((begin + i) * outputs, outputs), positive));
      relevance.push_back(candidates.back().value);
    }
    const double all = log_sum(relevance);
    const double share = smoothing / static_cast<double>(size);
    loss += all;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      const double target = share + (i == 0 ? 1.0 - smoothing : 0.0);
      loss -= target * relevance[i];
      const double slope = std::exp(relevance[i] - all) - target;
      for (std::size_t k = 0; k < outputs; ++k)
        gradient.values()[(begin + i) * outputs + k] = static_cast<float>(slope * candidates[i].slope[k]);
    }
    begin += candidates.size();
  }
  return engine::known_gradient(logits, gradient, static_cast<float>(loss));
}

}  // namespace yupu::tasks
