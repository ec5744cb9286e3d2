// What serving needs of a model that gives every text, or pair of texts, a row of numbers: a score per label, a vector,
// or how well the two go together. Behind it stand tasks::Classifier (classifier_model.h), tasks::MultilabelModel
// (multilabel_model.h), tasks::Embedder (embedder_model.h) and tasks::PairModel (ranker_model.h); tests put a fake
// here.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "text/tokenizers/tokenizer.h"

namespace yupu::serving {

// What is known about the model without running it. Fixed from load on.
struct ModelCard {
  enum class Kind : std::uint8_t { kScores, kVectors, kRelevance };
  Kind kind() const {
    if (ranks_pairs) return Kind::kRelevance;
    return embedding_width > 0 ? Kind::kVectors : Kind::kScores;
  }
  std::size_t row_width() const {
    if (kind() == Kind::kRelevance) return 1;
    if (kind() == Kind::kVectors) return static_cast<std::size_t>(embedding_width);
    return labels.size() + (has_background ? 1 : 0) + (has_scope_gate ? 1 : 0);
  }

  std::int64_t embedding_width = 0;  // of a model that gives vectors, which has no labels
  bool ranks_pairs = false;          // a row is one number from 0 to 1: how well the second text answers the first
  std::vector<std::string> labels;   // order of the logits
  double temperature = 1.0;          // softmax(logits / temperature) is calibrated: Guo et al. 2017, arXiv:1706.04599
  double answer_threshold = 0.5;     // calibrated on validation rows: at or above it an answer may be given
  double clarify_threshold = 0.2;    // at or above it the best labels are worth asking about
  // Of a model that says any number of labels: from which score each is said; a score is then sigmoid(logit /
  // temperature). Empty: one label per text, by softmax.
  std::vector<double> label_thresholds = {};
  // After the labels' logits a row has one more, of texts that no label fits: it takes its share of the probability.
  bool has_background = false;
  // A row then ends with one number more: below 0 the text is out of scope and refused, whatever its labels' scores.
  bool has_scope_gate = false;
};

class TextModel;

// A text of a batch and whose it is.
struct BatchText {
  TextModel* model;
  text::Encoding encoding;
};

// For models that travel alone.
std::vector<text::Encoding> encodings_of(std::span<const BatchText> texts);

class TextModel {
 public:
  virtual ~TextModel() = default;
  virtual const ModelCard& card() const = 0;
  // SHA-256 over the weights as loaded: compared with what the release was measured with.
  virtual std::string weights_sha256() const = 0;
  // Any thread. Never fails: too long a text is cut to what the model reads.
  virtual text::Encoding encode(std::string_view text) const = 0;
  // The same for two texts. REQUIRES: a model of pairs.
  virtual text::Encoding encode_pair(std::string_view first, std::string_view second) const;
  // Models of equal groups travel in one batch: adapters of one base. Fixed from load on.
  virtual const void* batch_group() const { return this; }
  // One row per text, as wide as its own model's card says: logits, or the vector; the texts are of models of this
  // one's group, and each row is what its model alone would give. Only the engine's owner thread calls it.
  virtual Result<std::vector<std::vector<float>>> logits(std::span<const BatchText> texts) = 0;
  // Memory that ends with this model: not what it shares with others of its group.
  virtual std::size_t own_bytes() const { return 0; }
};

struct LabelScore {
  std::string label;
  double score = 0;   // calibrated probability
  bool said = false;  // it reaches its own threshold; only of a model that says any number of labels
};

// A row of a model that scores labels, read.
struct ScoredText {
  std::vector<LabelScore> ranked;  // all labels, best first; equal scores keep the order of the labels
  bool in_scope = true;            // no gate refuses the text
};
// REQUIRES: a row as wide as the card says.
ScoredText scored_text(const ModelCard& card, std::span<const float> row);
// "answer", "clarify" or "refuse": what the model's own thresholds say. Of any number of labels: "answer" when one is
// said, else "refuse".
std::string_view decision_of(const ModelCard& card, const ScoredText& scored);

}  // namespace yupu::serving
