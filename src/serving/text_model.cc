#include "serving/text_model.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.h"
#include "tasks/binary_cross_entropy.h"

namespace yupu::serving {

std::vector<text::Encoding> encodings_of(std::span<const BatchText> texts) {
  std::vector<text::Encoding> encodings;
  encodings.reserve(texts.size());
  for (const BatchText& text : texts) encodings.push_back(text.encoding);
  return encodings;
}

text::Encoding TextModel::encode_pair(std::string_view, std::string_view) const { CHECK(false, "no model of pairs"); }

namespace {

// `outputs`: the labels' logits, and the background's when the card has one.
std::vector<LabelScore> softmax_scores(const ModelCard& card, std::span<const float> outputs) {
  const double largest = *std::max_element(outputs.begin(), outputs.end());
  std::vector<LabelScore> scores;
  scores.reserve(card.labels.size());
  double sum = 0;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const double weight = std::exp((outputs[i] - largest) / card.temperature);
    sum += weight;
    if (i < card.labels.size()) scores.push_back({card.labels[i], weight});
  }
  for (LabelScore& score : scores) score.score /= sum;
  return scores;
}

std::vector<LabelScore> sigmoid_scores(const ModelCard& card, std::span<const float> logits) {
  std::vector<LabelScore> scores;
  scores.reserve(logits.size());
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const double score = tasks::sigmoid(logits[i] / card.temperature);
    scores.push_back({card.labels[i], score, score >= card.label_thresholds[i]});
  }
  return scores;
}

}  // namespace

ScoredText scored_text(const ModelCard& card, std::span<const float> row) {
  CHECK(row.size() == card.row_width() && !card.labels.empty(), "one logit per label, and the gate's number");
  const std::span<const float> outputs = row.first(card.labels.size() + (card.has_background ? 1 : 0));
  std::vector<LabelScore> scores =
      card.label_thresholds.empty() ? softmax_scores(card, outputs) : sigmoid_scores(card, outputs);
  std::stable_sort(scores.begin(), scores.end(),
                   [](const LabelScore& a, const LabelScore& b) { return a.score > b.score; });
  return {.ranked = std::move(scores), .in_scope = !card.has_scope_gate || row.back() >= 0.0f};
}

std::string_view decision_of(const ModelCard& card, const ScoredText& scored) {
  if (!card.label_thresholds.empty()) {
    const bool any =
        std::any_of(scored.ranked.begin(), scored.ranked.end(), [](const LabelScore& s) { return s.said; });
    return any ? "answer" : "refuse";
  }
  const double best = scored.ranked.front().score;
  if (!scored.in_scope || best < card.clarify_threshold) return "refuse";
  return best >= card.answer_threshold ? "answer" : "clarify";
}

}  // namespace yupu::serving
