// The classification head of BertForSequenceClassification:  logits = W dropout(pooled) + b.
// Shapes    pooled (B,C); weight (K,C), bias (K); logits (B,K).   Threads  as Encoder.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "model/encoder/encoder.h"

namespace yupu::model {

class ClassificationHead {
 public:
  // Fresh weights as the encoder's; zeros for FreshWeights::kLoaded.  REQUIRES: class_count > 0.
  ClassificationHead(std::int64_t class_count, const EncoderConfig& config, std::uint64_t seed,
                     FreshWeights fresh = FreshWeights::kBert);

  std::int64_t class_count() const { return weight_->value.size(0); }
  // `site`: the dropout site, Encoder::dropout_sites().
  engine::Var logits(engine::Tape& tape, const engine::Var& pooled, const EncoderBatch& batch, std::uint32_t site,
                     DropoutStep dropout = {}) const;
  std::vector<engine::Parameter*> parameters() const { return {weight_.get(), bias_.get()}; }
  std::vector<TensorBinding> tensors() const;  // "classifier.weight", "classifier.bias"

 private:
  float dropout_;
  std::unique_ptr<engine::Parameter> weight_;
  std::unique_ptr<engine::Parameter> bias_;
};

}  // namespace yupu::model
