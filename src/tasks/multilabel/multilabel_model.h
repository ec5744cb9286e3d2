// Any number of labels per text: every label is a yes or no of its own.
//   logits  the K outputs of a classifier (tasks/classify/classifier.h): encoder, pooler, linear head, wide branch
//   loss    mean over labels of the binary cross entropy of z_k, summed over texts: what
//           BertForSequenceClassification computes under "multi_label_classification" (BCEWithLogitsLoss), times texts
//   answer  the labels whose score, sigmoid(z_k / T), reaches their threshold (thresholds.h); none is an answer too
// The weights, the HuggingFace directory and adapters are the classifier's.  yupu.json has beside its members
//   {"task": "multilabel", "temperature", "thresholds": {LABEL: from which score on it is said}}
// A directory of the reference library has none and opens all the same: T = 1, thresholds of 0.5.
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
#include "tasks/multilabel/thresholds.h"

namespace yupu::tasks {

class MultilabelModel {
 public:
  // As Classifier's.
  static Result<std::unique_ptr<MultilabelModel>> create(const model::EncoderConfig& config,
                                                         std::unique_ptr<text::Tokenizer> tokenizer,
                                                         const Classifier::Fresh& fresh);
  static Result<std::unique_ptr<MultilabelModel>> from_base(const std::string& directory,
                                                            const Classifier::Fresh& fresh,
                                                            std::optional<float> dropout = std::nullopt);
  // Outcomes  also kInvalidArgument: 'temperature' or 'thresholds' of yupu.json, named.
  static Result<std::unique_ptr<MultilabelModel>> load(const std::string& directory, const LoadOptions& options = {});
  // Is it a directory of this task: yupu.json says so, or, where there is none, config.json's problem_type.
  static bool recognises(const std::string& directory);
  Status save(const std::string& directory) const { return classifier_->save(directory); }

  const std::vector<std::string>& labels() const { return classifier_->labels(); }
  Classifier& classifier() { return *classifier_; }
  const Classifier& classifier() const { return *classifier_; }
  const Thresholds& thresholds() const { return thresholds_; }
  // REQUIRES: a threshold for every label.
  void set_thresholds(Thresholds thresholds);

  // The loss of a batch.  `logits` (B,K): Classifier::forward; `has`: (B,K), 0 or 1.  Label smoothing draws the targets
  // towards 1/2.
  engine::Var loss(const engine::Var& logits, std::span<const std::uint8_t> has, double label_smoothing) const;

  // Of a row of logits, in the order of the labels.
  std::vector<double> scores(std::span<const float> logits) const;
  std::vector<std::uint8_t> said(std::span<const double> scores) const;

 private:
  explicit MultilabelModel(std::unique_ptr<Classifier> classifier);
  Status read_thresholds(const std::string& directory);

  std::unique_ptr<Classifier> classifier_;
  Thresholds thresholds_;
};

}  // namespace yupu::tasks
