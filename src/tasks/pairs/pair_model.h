// A cross-encoder: both texts go through the encoder together, [CLS] a [SEP] b [SEP] with token types 0 and 1, so that
// every word of one sees every word of the other; the pooled first token is judged by a linear head.  Devlin et al.
// 2018, arXiv:1810.04805, section 4.1; as a reranker Nogueira, Cho 2019, arXiv:1901.04085.
//   classes  K logits, softmax, cross entropy
//   score    one logit z; the score on its scale is low + sigmoid(z) (high - low), the loss binary cross entropy with
//            the scaled score as its soft target: what the cross-encoders of sentence-transformers do (CrossEncoder,
//            num_labels 1: BCEWithLogitsLoss, Sigmoid)
// The weights, the HuggingFace directory (BertForSequenceClassification) and adapters are tasks/classify/classifier.h;
// here is what two texts and a score need.  yupu.json has beside a classifier's members
//   {"task": "pairs", "target": "classes" | "score", "positive": LABEL | null, "scale": [low, high] | null}
// A directory of the reference library has none and opens all the same: one label is a score from 0 to 1.
// Threads  as Classifier.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "tasks/classify/classifier.h"
#include "tasks/pairs/pair_set.h"

namespace yupu::tasks {

struct ScoreScale {
  double low = 0.0, high = 1.0;
  double to_unit(double score) const { return (score - low) / (high - low); }
  double of_unit(double share) const { return low + share * (high - low); }
};

class PairModel {
 public:
  struct Fresh {
    PairTarget target = PairTarget::kClasses;
    std::vector<std::string> labels;      // classes: the order of the outputs; a score has none
    std::optional<std::string> positive;  // the label by which candidates are ranked; unset: the last of two
    ScoreScale scale;                     // of a score; low < high
    std::uint64_t seed = 1;
    std::int64_t max_length = 128;  // tokens of both texts that are read, [CLS] and the two [SEP] included
  };

  // As Classifier's.  Outcomes  also kInvalidArgument: a positive label that is none; fewer than two token types.
  static Result<std::unique_ptr<PairModel>> create(const model::EncoderConfig& config,
                                                   std::unique_ptr<text::Tokenizer> tokenizer, const Fresh& fresh);
  static Result<std::unique_ptr<PairModel>> from_base(const std::string& directory, const Fresh& fresh,
                                                      std::optional<float> dropout = std::nullopt);
  static Result<std::unique_ptr<PairModel>> load(const std::string& directory, const LoadOptions& options = {});
  // Is it a directory of pairs: yupu.json says so, or, where there is none, a classifier of one label, which is how the
  // reference library keeps a cross-encoder that scores.
  static bool recognises(const std::string& directory);
  Status save(const std::string& directory) const { return classifier_->save(directory); }

  PairTarget target() const { return target_; }
  const ScoreScale& scale() const { return scale_; }
  const std::vector<std::string>& labels() const { return classifier_->labels(); }
  std::optional<std::int32_t> positive() const { return positive_; }  // index into labels()
  bool label_is_positive(std::string_view label) const;
  Classifier& classifier() { return *classifier_; }
  const Classifier& classifier() const { return *classifier_; }

  // What is too long is cut from the end of the longer text.  Special tokens written in a text are plain text.
  text::Encoding encode(std::string_view a, std::string_view b) const;

  // The loss of a batch, summed.  `logits`: Classifier::forward.
  engine::Var class_loss(const engine::Var& logits, std::span<const std::int32_t> labels, float label_smoothing) const;
  engine::Var score_loss(const engine::Var& logits, std::span<const double> scores) const;

  // Of a score: on its scale.  REQUIRES: target() is kScore.
  double score(std::span<const float> logits) const;
  // By which candidates are ranked, from 0 to 1: the probability of the positive label, or the scaled score; nothing
  // for classes without a positive one.
  std::optional<double> relevance(std::span<const float> logits) const;

 private:
  PairModel() = default;
  static Result<std::unique_ptr<PairModel>> around(std::unique_ptr<Classifier> classifier, const Fresh& fresh,
                                                   std::string_view where);
  ClassifierRecord record() const;

  std::unique_ptr<Classifier> classifier_;
  PairTarget target_ = PairTarget::kClasses;
  std::optional<std::int32_t> positive_;
  ScoreScale scale_;
};

}  // namespace yupu::tasks
