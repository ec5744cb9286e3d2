#include "model/decoder/decoder.h"

#include <cmath>

#include <fmt/format.h>

#include "engine/ops/add/add.h"
#include "engine/ops/attention/attention.h"
#include "engine/ops/embedding/embedding.h"
#include "engine/ops/gather_rows/gather_rows.h"
#include "engine/ops/layer_norm/layer_norm.h"
#include "engine/ops/linear/linear.h"
#include "engine/ops/linear_cross_entropy/linear_cross_entropy.h"
#include "model/fresh_parameter.h"

namespace yupu::model {
namespace {

using engine::Parameter;
using engine::Tape;
using engine::Tensor;
using engine::Var;

}  // namespace

struct Decoder::Layer {
  std::unique_ptr<Parameter> gain1, bias1, qkv_weight, qkv_bias, out_weight, out_bias;
  std::unique_ptr<Parameter> gain2, bias2, up_weight, up_bias, down_weight, down_bias;
};

Decoder::Decoder(const DecoderConfig& config, std::uint64_t seed, FreshWeights fresh) : config_(config) {
  CHECK(config.validate("decoder").ok(), "a decoder needs a valid configuration");
  const auto matrix = [&](const std::string& name, const engine::Shape& shape, float deviation) {
    return fresh_matrix(name, shape, fresh == FreshWeights::kLoaded ? kNotDrawn : deviation, seed);
  };
  const std::int64_t c = config.hidden_size;
  const std::int64_t f = config.inner_size;
  const float spread = config.initializer_range;
  const float residual_spread = spread / std::sqrt(2.0f * static_cast<float>(config.layer_count));
  word_ = matrix("wte.weight", {config.vocab_size, c}, spread);
  position_ = matrix("wpe.weight", {config.position_count, c}, spread);
  for (std::int64_t i = 0; i < config.layer_count; ++i) {
    const std::string at = fmt::format("h.{}.", i);
    auto layer = std::make_unique<Layer>();
    layer->gain1 = fresh_vector(at + "ln_1.weight", c, 1.0f);
    layer->bias1 = fresh_vector(at + "ln_1.bias", c, 0.0f);
    layer->qkv_weight = matrix(at + "attn.c_attn.weight", {3 * c, c}, spread);
    layer->qkv_bias = fresh_vector(at + "attn.c_attn.bias", 3 * c, 0.0f);
    layer->out_weight = matrix(at + "attn.c_proj.weight", {c, c}, residual_spread);
    layer->out_bias = fresh_vector(at + "attn.c_proj.bias", c, 0.0f);
    layer->gain2 = fresh_vector(at + "ln_2.weight", c, 1.0f);
    layer->bias2 = fresh_vector(at + "ln_2.bias", c, 0.0f);
    layer->up_weight = matrix(at + "mlp.c_fc.weight", {f, c}, spread);
    layer->up_bias = fresh_vector(at + "mlp.c_fc.bias", f, 0.0f);
    layer->down_weight = matrix(at + "mlp.c_proj.weight", {c, f}, residual_spread);
    layer->down_bias = fresh_vector(at + "mlp.c_proj.bias", c, 0.0f);
    layers_.push_back(std::move(layer));
  }
  gain_ = fresh_vector("ln_f.weight", c, 1.0f);
  bias_ = fresh_vector("ln_f.bias", c, 0.0f);
}

Decoder::~Decoder() = default;

// Dropout sites: 0 the embedding; 1+3i attention probabilities, 2+3i attention output, 3+3i feed-forward of layer i.
Var Decoder::run(Tape& tape, const engine::PackedBatch& batch, const engine::RowKeys* rows, DropoutStep dropout,
                 const Attend& attend) const {
  const auto dropped = [&](const Var& x, float probability, std::uint32_t site) {
    if (rows == nullptr) return x;
    return engine::dropout(
        x,
        {.probability = probability, .key = {.seed = dropout.seed, .step = dropout.step, .site = site}, .rows = rows});
  };
  const engine::LayerNormOptions norm{.epsilon = config_.layer_norm_epsilon};
  const auto dense = [&](const Var& x, const std::unique_ptr<Parameter>& weight, const std::unique_ptr<Parameter>& bias,
                         engine::LinearOptions options = {}) {
    return engine::linear(x, tape.leaf(*weight), tape.leaf(*bias), options);
  };
  Var x = dropped(engine::embedding(tape.table(*word_), tape.table(*position_), Var{}, batch),
                  config_.embedding_dropout, 0);
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const Layer& layer = *layers_[i];
    const auto site = static_cast<std::uint32_t>(1 + 3 * i);
    const Var normal = engine::layer_norm(x, tape.leaf(*layer.gain1), tape.leaf(*layer.bias1), norm);
    const Var context = attend(dense(normal, layer.qkv_weight, layer.qkv_bias), i);
    const Var attended = dense(context, layer.out_weight, layer.out_bias);
    x = engine::add(x, dropped(attended, config_.residual_dropout, site + 1));
    const Var again = engine::layer_norm(x, tape.leaf(*layer.gain2), tape.leaf(*layer.bias2), norm);
    const Var up = dense(again, layer.up_weight, layer.up_bias, {.activation = config_.activation});
    x = engine::add(x, dropped(dense(up, layer.down_weight, layer.down_bias), config_.residual_dropout, site + 2));
  }
  return engine::layer_norm(x, tape.leaf(*gain_), tape.leaf(*bias_), norm);
}

Var Decoder::hidden(Tape& tape, const EncoderBatch& batch, DropoutStep dropout) const {
  return run(tape, batch.packed, &batch.tokens, dropout, [&](const Var& qkv, std::size_t layer) {
    const auto site = static_cast<std::uint32_t>(1 + 3 * layer);
    return engine::attention(qkv, batch.packed,
                             {.heads = static_cast<int>(config_.head_count),
                              .dropout = {.probability = config_.attention_dropout,
                                          .key = {.seed = dropout.seed, .step = dropout.step, .site = site},
                                          .rows = &batch.tokens},
                              .causal = true});
  });
}

DecoderCache Decoder::make_cache(std::int64_t tokens) const {
  DecoderCache cache;
  for (std::size_t i = 0; i < layers_.size(); ++i)
    cache.layers.push_back({.rows = Tensor::empty({tokens, 2 * config_.hidden_size}), .count = 0});
  return cache;
}

Var Decoder::hidden_after(Tape& tape, const engine::PackedBatch& batch, std::span<DecoderCache* const> caches) const {
  return run(tape, batch, nullptr, {}, [&](const Var& qkv, std::size_t layer) {
    std::vector<engine::KeyValueCache*> of_layer;
    for (DecoderCache* cache : caches) of_layer.push_back(&cache->layers[layer]);
    return engine::cached_attention(qkv, batch, static_cast<int>(config_.head_count), of_layer);
  });
}

Var Decoder::logits(Tape& tape, const Var& hidden) const { return engine::linear(hidden, tape.leaf(*word_), Var{}); }

Var Decoder::loss(Tape& tape, const Var& hidden, std::span<const std::int32_t> rows,
                  std::span<const std::int32_t> labels, std::int64_t* hits) const {
  return engine::linear_cross_entropy(engine::gather_rows(hidden, rows), tape.leaf(*word_), Var{}, labels,
                                      {.hits = hits});
}

std::vector<Parameter*> Decoder::parameters() const {
  std::vector<Parameter*> all;
  for (const DecoderTensor& tensor : tensors()) all.push_back(tensor.parameter);
  return all;
}

std::vector<DecoderTensor> Decoder::tensors() const {
  std::vector<DecoderTensor> all = {{word_.get(), false}, {position_.get(), false}};
  for (const auto& layer : layers_) {
    for (const auto* p :
         {&layer->gain1, &layer->bias1, &layer->qkv_weight, &layer->qkv_bias, &layer->out_weight, &layer->out_bias,
          &layer->gain2, &layer->bias2, &layer->up_weight, &layer->up_bias, &layer->down_weight, &layer->down_bias}) {
      all.push_back({p->get(), (*p)->value.rank() == 2});
    }
  }
  all.push_back({gain_.get(), false});
  all.push_back({bias_.get(), false});
  return all;
}

}  // namespace yupu::model
