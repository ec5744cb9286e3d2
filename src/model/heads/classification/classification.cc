#include "model/heads/classification/classification.h"

#include "engine/ops/linear/linear.h"

namespace yupu::model {

ClassificationHead::ClassificationHead(std::int64_t class_count, const EncoderConfig& config, std::uint64_t seed,
                                       FreshWeights fresh)
    : dropout_(config.classifier_dropout) {
  CHECK(class_count > 0, "a head needs a class");
  engine::Tensor weight = engine::Tensor::empty({class_count, config.hidden_size});
  if (fresh != FreshWeights::kLoaded)
    fill_truncated_normal(weight, config.initializer_range, seed, "classifier.weight");
  weight_ = std::make_unique<engine::Parameter>("classifier.weight", std::move(weight), true);
  bias_ = std::make_unique<engine::Parameter>("classifier.bias", engine::Tensor::zeros({class_count}), false);
}

engine::Var ClassificationHead::logits(engine::Tape& tape, const engine::Var& rows, const engine::RowKeys& keys,
                                       std::uint32_t site, DropoutStep dropout) const {
  const engine::Var dropped = engine::dropout(
      rows,
      {.probability = dropout_, .key = {.seed = dropout.seed, .step = dropout.step, .site = site}, .rows = &keys});
  const auto as_leaf = [&tape](engine::Parameter& parameter) {
    return tape.training() ? tape.leaf(parameter) : tape.leaf(static_cast<const engine::Parameter&>(parameter));
  };
  return engine::linear(dropped, as_leaf(*weight_), as_leaf(*bias_));
}

std::vector<TensorBinding> ClassificationHead::tensors() const {
  return {{weight_->name, weight_->value, weight_.get()}, {bias_->name, bias_->value, bias_.get()}};
}

}  // namespace yupu::model
