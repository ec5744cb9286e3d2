#include "model/heads/mlm/mlm.h"

#include "engine/ops/gather_rows/gather_rows.h"
#include "engine/ops/layer_norm/layer_norm.h"
#include "engine/ops/linear/linear.h"
#include "engine/ops/linear_cross_entropy/linear_cross_entropy.h"
#include "model/fresh_parameter.h"

namespace yupu::model {
namespace {

using engine::Parameter;
using engine::Var;

}  // namespace

MlmHead::MlmHead(const EncoderConfig& config, std::uint64_t seed)
    : activation_(config.activation), layer_norm_epsilon_(config.layer_norm_epsilon) {
  constexpr const char* kTransform = "cls.predictions.transform.dense.weight";
  const std::int64_t c = config.hidden_size;
  transform_weight_ = fresh_matrix(kTransform, {c, c}, config.initializer_range, seed);
  transform_bias_ = fresh_vector("cls.predictions.transform.dense.bias", c, 0.0f);
  gain_ = fresh_vector("cls.predictions.transform.LayerNorm.weight", c, 1.0f);
  norm_bias_ = fresh_vector("cls.predictions.transform.LayerNorm.bias", c, 0.0f);
  decoder_bias_ = fresh_vector("cls.predictions.bias", config.vocab_size, 0.0f);
}

Var MlmHead::transform(engine::Tape& tape, const Var& hidden, std::span<const std::int32_t> rows) const {
  const Var picked = engine::gather_rows(hidden, rows);
  const Var dense =
      engine::linear(picked, tape.leaf(*transform_weight_), tape.leaf(*transform_bias_), {.activation = activation_});
  return engine::layer_norm(dense, tape.leaf(*gain_), tape.leaf(*norm_bias_), {.epsilon = layer_norm_epsilon_});
}

Var MlmHead::loss(engine::Tape& tape, const Encoder& encoder, const Var& hidden, std::span<const std::int32_t> rows,
                  std::span<const std::int32_t> labels, std::int64_t* hits) const {
  return engine::linear_cross_entropy(transform(tape, hidden, rows), tape.leaf(encoder.word_embeddings()),
                                      tape.leaf(*decoder_bias_), labels, {.hits = hits});
}

Var MlmHead::logits(engine::Tape& tape, const Encoder& encoder, const Var& hidden,
                    std::span<const std::int32_t> rows) const {
  return engine::linear(transform(tape, hidden, rows), tape.leaf(encoder.word_embeddings()), tape.leaf(*decoder_bias_));
}

std::vector<Parameter*> MlmHead::parameters() const {
  return {transform_weight_.get(), transform_bias_.get(), gain_.get(), norm_bias_.get(), decoder_bias_.get()};
}

std::vector<TensorBinding> MlmHead::tensors() const {
  std::vector<TensorBinding> bindings;
  for (Parameter* parameter : parameters()) bindings.push_back({parameter->name, parameter->value, parameter});
  return bindings;
}

}  // namespace yupu::model
