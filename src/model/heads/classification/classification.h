// The classification head of BertForSequenceClassification (over the pooled row of every sequence) and of
// BertForTokenClassification (over the rows of tokens):  logits = W dropout(rows) + b.
// Shapes    rows (R,C); weight (K,C), bias (K); logits (R,K).   Threads  as Encoder.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "model/encoder/encoder.h"

namespace yupu::model {

class ClassificationHead {
 public:
  // Fresh weights as the encoder's; not initialised for FreshWeights::kLoaded.  REQUIRES: class_count > 0.
  ClassificationHead(std::int64_t class_count, const EncoderConfig& config, std::uint64_t seed,
                     FreshWeights fresh = FreshWeights::kBert);

  std::int64_t class_count() const { return weight_->value.size(0); }
  // `keys`: who the rows are, alive until backward has run; `site`: the dropout site, Encoder::dropout_sites().
  engine::Var logits(engine::Tape& tape, const engine::Var& rows, const engine::RowKeys& keys, std::uint32_t site,
                     DropoutStep dropout = {}) const;
  std::vector<engine::Parameter*> parameters() const { return {weight_.get(), bias_.get()}; }
  std::vector<TensorBinding> tensors() const;  // "classifier.weight", "classifier.bias"

 private:
  float dropout_;
  std::unique_ptr<engine::Parameter> weight_;
  std::unique_ptr<engine::Parameter> bias_;
};

}  // namespace yupu::model
