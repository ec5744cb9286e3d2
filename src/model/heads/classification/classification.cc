#include "model/heads/classification/classification.h"

#include "engine/ops/linear/linear.h"
#include "model/fresh_parameter.h"

namespace yupu::model {

ClassificationHead::ClassificationHead(std::int64_t class_count, const EncoderConfig& config, std::uint64_t seed,
                                       FreshWeights fresh)
    : dropout_(config.classifier_dropout) {
  CHECK(class_count > 0, "a head needs a class");
  weight_ = fresh_matrix("classifier.weight", {class_count, config.hidden_size},
                         fresh == FreshWeights::kLoaded ? kNotDrawn : config.initializer_range, seed);
  bias_ = fresh_vector("classifier.bias", class_count, 0.0f);
}

engine::Var ClassificationHead::logits(engine::Tape& tape, const engine::Var& rows, const engine::RowKeys& keys,
                                       std::uint32_t site, DropoutStep dropout) const {
  const engine::Var dropped = engine::dropout(
      rows,
      {.probability = dropout_, .key = {.seed = dropout.seed, .step = dropout.step, .site = site}, .rows = &keys});
  return engine::linear(dropped, tape.leaf(*weight_), tape.leaf(*bias_));
}

std::vector<TensorBinding> ClassificationHead::tensors() const {
  return {{weight_->name, weight_->value, weight_.get()}, {bias_->name, bias_->value, bias_.get()}};
}

}  // namespace yupu::model
