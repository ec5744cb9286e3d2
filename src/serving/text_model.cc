#include "serving/text_model.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace yupu::serving {

std::vector<LabelScore> ranked_scores(const ModelCard& card, std::span<const float> logits) {
  CHECK(logits.size() == card.labels.size() && !logits.empty(), "one logit per label");
  const double largest = *std::max_element(logits.begin(), logits.end());
  std::vector<LabelScore> scores;
  scores.reserve(logits.size());
  double sum = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const double weight = std::exp((logits[i] - largest) / card.temperature);
    sum += weight;
    scores.push_back({card.labels[i], weight});
  }
  for (LabelScore& score : scores) score.score /= sum;
  std::stable_sort(scores.begin(), scores.end(),
                   [](const LabelScore& a, const LabelScore& b) { return a.score > b.score; });
  return scores;
}

}  // namespace yupu::serving
