#include "model/encoder/encoder.h"

#include <cmath>

#include <fmt/format.h>

#include "engine/device/cpu/int8_gemm.h"
#include "engine/ops/activation/activation.h"
#include "engine/ops/attention/attention.h"
#include "engine/ops/embedding/embedding.h"
#include "engine/ops/gather_rows/gather_rows.h"
#include "engine/ops/layer_norm/layer_norm.h"
#include "engine/ops/linear/linear.h"
#include "model/adapters/pass.h"
#include "model/fresh_parameter.h"

namespace yupu::model {
namespace {

using engine::Parameter;
using engine::Tape;
using engine::Tensor;
using engine::Var;

// A matrix kept in 8 bits, waiting for its values from a file or from quantise_from.
std::unique_ptr<Parameter> int8_matrix(const std::string& name, const engine::Shape& shape) {
  auto parameter = std::make_unique<Parameter>(name, Tensor::empty(shape, engine::DType::kI8), false);
  parameter->scale = Tensor::full({shape[0]}, 1.0f);
  parameter->trainable = false;
  return parameter;
}

engine::Dropout dropout_at(float probability, DropoutStep step, std::uint32_t site, const engine::RowKeys& rows) {
  return {.probability = probability, .key = {.seed = step.seed, .step = step.step, .site = site}, .rows = &rows};
}

constexpr Module kQkv[] = {Module::kQuery, Module::kKey, Module::kValue};
constexpr Module kQuery[] = {Module::kQuery};
constexpr Module kKeyValue[] = {Module::kKey, Module::kValue};
constexpr Module kOut[] = {Module::kAttentionOutput};
constexpr Module kUp[] = {Module::kIntermediate};
constexpr Module kDown[] = {Module::kOutput};

// FreshWeights::kTask, found by measuring on examples/shop and BANKING77.
constexpr float kTaskWordDeviation = 0.1f;
constexpr float kTaskPositionDeviation = 0.01f;
constexpr float kTaskGain = 0.5f;  // times 1/sqrt(fan-in)
constexpr float kTaskQueryKeyShare = 0.3f;
constexpr float kTaskFeedForwardShare = 0.5f;
constexpr float kTaskIdentity = 1.5f;
constexpr float kTaskIdentityNoise = 0.2f;
constexpr float kTaskPoolerNoise = 0.1f;

// Of the scales that belong to a matrix kept in 8 bits: "...weight_scale".
constexpr std::string_view kScaleSuffix = "_scale";

void scale(const Tensor& tensor, float factor) {
  for (float& value : tensor.values()) value *= factor;
}

void add_identity(const Tensor& square, float multiple) {
  for (std::int64_t i = 0; i < square.size(0); ++i) square.f32()[i * square.size(1) + i] += multiple;
}

}  // namespace

EncoderBatch::EncoderBatch(engine::PackedBatch batch)
    : packed(std::move(batch)),
      tokens(engine::token_rows(packed)),
      sequences(engine::sequence_rows(packed)),
      first_tokens(engine::first_tokens(packed)) {}

struct Encoder::Layer {
  std::unique_ptr<Parameter> qkv_weight, qkv_bias;
  std::unique_ptr<Parameter> output_weight, output_bias, attention_gain, attention_bias;
  std::unique_ptr<Parameter> up_weight, up_bias, down_weight, down_bias, output_gain, output_norm_bias;
};

Encoder::Encoder(const EncoderConfig& config, std::uint64_t seed, FreshWeights fresh) : config_(config) {
  CHECK(config.validate("encoder").ok(), "an encoder needs a valid configuration");
  const bool int8 = config.weights == WeightFormat::kInt8;
  CHECK(!int8 || fresh == FreshWeights::kLoaded, "int8 weights are not drawn: they are loaded or quantised");
  const auto large = [&](const std::string& name, const engine::Shape& shape, float spread) {
    return int8 ? int8_matrix(name, shape) : fresh_matrix(name, shape, spread, seed);
  };
  const std::int64_t c = config.hidden_size;
  const std::int64_t f = config.intermediate_size;
  const float deviation = fresh == FreshWeights::kLoaded ? kNotDrawn : config.initializer_range;
  word_ = large("embeddings.word_embeddings.weight", {config.vocab_size, c}, deviation);
  position_ = fresh_matrix("embeddings.position_embeddings.weight", {config.position_count, c}, deviation, seed);
  type_ = fresh_matrix("embeddings.token_type_embeddings.weight", {config.type_count, c}, deviation, seed);
  embedding_gain_ = fresh_vector("embeddings.LayerNorm.weight", c, 1.0f);
  embedding_bias_ = fresh_vector("embeddings.LayerNorm.bias", c, 0.0f);
  for (std::int64_t i = 0; i < config.layer_count; ++i) {
    const std::string at = fmt::format("encoder.layer.{}.", i);
    auto layer = std::make_unique<Layer>();
    layer->qkv_weight = large(at + "attention.self.qkv.weight", {3 * c, c}, deviation);
    layer->qkv_bias = fresh_vector(at + "attention.self.qkv.bias", 3 * c, 0.0f);
    layer->output_weight = large(at + "attention.output.dense.weight", {c, c}, deviation);
    layer->output_bias = fresh_vector(at + "attention.output.dense.bias", c, 0.0f);
    layer->attention_gain = fresh_vector(at + "attention.output.LayerNorm.weight", c, 1.0f);
    layer->attention_bias = fresh_vector(at + "attention.output.LayerNorm.bias", c, 0.0f);
    layer->up_weight = large(at + "intermediate.dense.weight", {f, c}, deviation);
    layer->up_bias = fresh_vector(at + "intermediate.dense.bias", f, 0.0f);
    layer->down_weight = large(at + "output.dense.weight", {c, f}, deviation);
    layer->down_bias = fresh_vector(at + "output.dense.bias", c, 0.0f);
    layer->output_gain = fresh_vector(at + "output.LayerNorm.weight", c, 1.0f);
    layer->output_norm_bias = fresh_vector(at + "output.LayerNorm.bias", c, 0.0f);
    layers_.push_back(std::move(layer));
  }
  pooler_weight_ = fresh_matrix("pooler.dense.weight", {c, c}, deviation, seed);
  pooler_bias_ = fresh_vector("pooler.dense.bias", c, 0.0f);
  if (fresh == FreshWeights::kTask) draw_for_task(seed);
}

void Encoder::draw_pooler(std::uint64_t seed) {
  const float deviation = kTaskPoolerNoise * kTaskGain / std::sqrt(static_cast<float>(config_.hidden_size));
  fill_truncated_normal(pooler_weight_->value, deviation, seed, pooler_weight_->name);
  add_identity(pooler_weight_->value, 1.0f);
  pooler_bias_->value.zero();
  pooler_weight_->value_changed();
  pooler_bias_->value_changed();
}

void Encoder::draw_for_task(std::uint64_t seed) {
  const auto draw = [seed](Parameter& parameter, float deviation) {
    fill_truncated_normal(parameter.value, deviation, seed, parameter.name);
  };
  const float narrow = kTaskGain / std::sqrt(static_cast<float>(config_.hidden_size));
  const float wide = kTaskGain / std::sqrt(static_cast<float>(config_.intermediate_size));
  const std::int64_t c = config_.hidden_size;
  draw(*word_, kTaskWordDeviation);
  draw(*position_, kTaskPositionDeviation);
  draw(*type_, kTaskPositionDeviation);
  for (const auto& layer : layers_) {
    draw(*layer->qkv_weight, narrow);
    const Tensor qkv = layer->qkv_weight->value;
    scale(qkv.rows(0, 2 * c), kTaskQueryKeyShare);
    scale(qkv.rows(2 * c, 3 * c), kTaskIdentityNoise);
    add_identity(qkv.rows(2 * c, 3 * c), kTaskIdentity);
    draw(*layer->output_weight, kTaskIdentityNoise * narrow);
    add_identity(layer->output_weight->value, kTaskIdentity);
    draw(*layer->up_weight, kTaskFeedForwardShare * narrow);
    draw(*layer->down_weight, kTaskFeedForwardShare * wide);
  }
  draw_pooler(seed);
}

Encoder::~Encoder() = default;

// Dropout sites: 0 the embedding; 1+3i attention probabilities, 2+3i attention output, 3+3i feed-forward of layer i.
std::uint32_t Encoder::dropout_sites() const { return 1 + 3 * static_cast<std::uint32_t>(config_.layer_count); }

Var Encoder::embed(Tape& tape, const EncoderBatch& batch, DropoutStep dropout, const AdapterPass& adapters) const {
  const Var sum = engine::embedding(tape.table(*word_), tape.table(*position_), tape.table(*type_), batch.packed);
  const Var normal = adapters.embedding_norm(sum, tape.leaf(*embedding_gain_), tape.leaf(*embedding_bias_),
                                             {.epsilon = config_.layer_norm_epsilon});
  return engine::dropout(normal, dropout_at(config_.hidden_dropout, dropout, 0, batch.tokens));
}

Var Encoder::run_layer(Tape& tape, std::size_t index, const Var& x, const EncoderBatch& batch, DropoutStep dropout,
                       bool first_only, const AdapterPass& adapters) const {
  const Layer& layer = *layers_[index];
  const auto site = static_cast<std::uint32_t>(1 + 3 * index);
  const auto at = static_cast<std::int64_t>(index);
  const engine::LayerNormOptions norm{.epsilon = config_.layer_norm_epsilon};
  const engine::RowKeys& rows = first_only ? batch.sequences : batch.tokens;
  const auto kind = first_only ? AdapterPass::Rows::kSequences : AdapterPass::Rows::kTokens;

  const Var qkv_weight = tape.leaf(*layer.qkv_weight);
  const Var qkv_bias = tape.leaf(*layer.qkv_bias);
  const engine::AttentionOptions attention{
      .heads = static_cast<int>(config_.head_count),
      .dropout = dropout_at(config_.attention_dropout, dropout, site, batch.tokens)};
  Var residual = x;
  Var context;
  if (first_only) {
    const std::int64_t c = config_.hidden_size;
    residual = engine::gather_rows(x, batch.first_tokens);
    const Var q = adapters.linear(residual, qkv_weight, qkv_bias, at, kQuery, kind, {.rows = {{0, c}}});
    const Var kv =
        adapters.linear(x, qkv_weight, qkv_bias, at, kKeyValue, AdapterPass::Rows::kTokens, {.rows = {{c, 3 * c}}});
    context = engine::attention_of_first(q, kv, batch.packed, attention);
  } else {
    const Var qkv = adapters.linear(x, qkv_weight, qkv_bias, at, kQkv, AdapterPass::Rows::kTokens);
    context = engine::attention(qkv, batch.packed, attention);
  }
  const Var attended =
      adapters.linear(context, tape.leaf(*layer.output_weight), tape.leaf(*layer.output_bias), at, kOut, kind);
  const Var a = adapters.close_sublayer(
      attended, residual, tape.leaf(*layer.attention_gain), tape.leaf(*layer.attention_bias), norm,
      dropout_at(config_.hidden_dropout, dropout, site + 1, rows), {.layer = at, .place = 0, .rows = kind});
  const Var up = adapters.linear(a, tape.leaf(*layer.up_weight), tape.leaf(*layer.up_bias), at, kUp, kind,
                                 {.activation = config_.activation});
  const Var down = adapters.linear(up, tape.leaf(*layer.down_weight), tape.leaf(*layer.down_bias), at, kDown, kind);
  return adapters.close_sublayer(down, a, tape.leaf(*layer.output_gain), tape.leaf(*layer.output_norm_bias), norm,
                                 dropout_at(config_.hidden_dropout, dropout, site + 2, rows),
                                 {.layer = at, .place = 1, .rows = kind});
}

Var Encoder::hidden(Tape& tape, const EncoderBatch& batch, DropoutStep dropout, std::vector<Var>* layers,
                    AdapterSegments adapters) const {
  const AdapterPass pass(tape, batch, dropout, adapters);
  Var x = embed(tape, batch, dropout, pass);
  if (layers != nullptr) layers->push_back(x);
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    x = run_layer(tape, i, x, batch, dropout, false, pass);
    if (layers != nullptr) layers->push_back(x);
  }
  return x;
}

Var Encoder::first_hidden(Tape& tape, const EncoderBatch& batch, DropoutStep dropout, AdapterSegments adapters) const {
  const AdapterPass pass(tape, batch, dropout, adapters);
  Var x = embed(tape, batch, dropout, pass);
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    x = run_layer(tape, i, x, batch, dropout, i + 1 == layers_.size(), pass);
  }
  return x;
}

Var Encoder::pooled(Tape& tape, const EncoderBatch& batch, DropoutStep dropout, AdapterSegments adapters) const {
  const Var first = first_hidden(tape, batch, dropout, adapters);
  const AdapterPass pass(tape, batch, dropout, adapters);
  return pass.pool(first, tape.leaf(*pooler_weight_), tape.leaf(*pooler_bias_));
}

std::vector<Parameter*> Encoder::parameters() const {
  std::vector<Parameter*> all = {word_.get(), position_.get(), type_.get(), embedding_gain_.get(),
                                 embedding_bias_.get()};
  for (const auto& layer : layers_) {
    for (const auto* p : {&layer->qkv_weight, &layer->qkv_bias, &layer->output_weight, &layer->output_bias,
                          &layer->attention_gain, &layer->attention_bias, &layer->up_weight, &layer->up_bias,
                          &layer->down_weight, &layer->down_bias, &layer->output_gain, &layer->output_norm_bias}) {
      all.push_back(p->get());
    }
  }
  all.push_back(pooler_weight_.get());
  all.push_back(pooler_bias_.get());
  return all;
}

std::vector<TensorBinding> Encoder::tensors() const {
  constexpr std::string_view kFused = "self.qkv.";
  std::vector<TensorBinding> bindings;
  for (Parameter* parameter : parameters()) {
    const std::size_t at = parameter->name.find(kFused);
    if (at == std::string::npos) {
      bindings.push_back({parameter->name, parameter->value, parameter});
      if (parameter->scale.defined()) {
        bindings.push_back({parameter->name + std::string(kScaleSuffix), parameter->scale, parameter});
      }
      continue;
    }
    const std::int64_t c = config_.hidden_size;
    std::int64_t part = 0;
    for (const std::string_view name : {"self.query.", "self.key.", "self.value."}) {
      std::string split = parameter->name;
      split.replace(at, kFused.size(), name);
      bindings.push_back({split, parameter->value.rows(part * c, (part + 1) * c), parameter});
      if (parameter->scale.defined()) {
        bindings.push_back(
            {split + std::string(kScaleSuffix), parameter->scale.rows(part * c, (part + 1) * c), parameter});
      }
      ++part;
    }
  }
  return bindings;
}

void Encoder::quantise_from(const Encoder& original) {
  const std::vector<Parameter*> from = original.parameters();
  const std::vector<Parameter*> to = parameters();
  CHECK(from.size() == to.size(), "an encoder is quantised from one of its own size");
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (!to[i]->scale.defined()) {
      to[i]->value.copy_from(from[i]->value);
    } else {
      const Tensor& source = from[i]->value;
      CHECK(source.shape() == to[i]->value.shape(), "an encoder is quantised from one of its own size");
      const std::int64_t columns = source.size(1);
      for (std::int64_t row = 0; row < source.size(0); ++row) {
        to[i]->scale.f32()[row] =
            engine::quantise_channel(source.f32() + row * columns, columns, to[i]->value.i8() + row * columns);
      }
    }
    to[i]->value_changed();
  }
}

}  // namespace yupu::model
