// A BERT encoder of the engine's ops, for tests and benches of whole steps.  (The product's encoder is in model/.)
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "base/rng.h"
#include "engine/ops/attention/attention.h"
#include "engine/ops/cross_entropy/cross_entropy.h"
#include "engine/ops/embedding/embedding.h"
#include "engine/ops/gather_rows/gather_rows.h"
#include "engine/ops/layer_norm/layer_norm.h"
#include "engine/ops/linear/linear.h"

namespace yupu::engine {

struct SmallEncoderSizes {
  std::int64_t vocabulary = 50, positions = 64, channels = 32, feed_forward = 64, classes = 5;
  int heads = 4, layers = 2;
  float dropout = 0.1f;
};

class SmallEncoder {
 public:
  explicit SmallEncoder(SmallEncoderSizes sizes) : sizes_(sizes) {
    const std::int64_t c = sizes.channels;
    const std::int64_t f = sizes.feed_forward;
    word_ = matrix("word", sizes.vocabulary, c);
    position_ = matrix("position", sizes.positions, c);
    type_ = matrix("type", 2, c);
    norm_ = norm("embedding");
    for (int i = 0; i < sizes.layers; ++i) {
      layers_.push_back({dense("qkv", 3 * c, c), dense("out", c, c), dense("up", f, c), dense("down", c, f),
                         norm("attention"), norm("output")});
    }
    head_ = dense("head", sizes.classes, c);
  }

  // Hidden states (N,C).  `rows` and `batch` must outlive backward.
  Var encode(Tape& tape, const PackedBatch& batch, const RowKeys& rows, std::uint64_t step) {
    std::uint32_t site = 0;
    const auto next = [&] { return Dropout{sizes_.dropout, {1, step, site++}, &rows}; };
    Var x = embedding(tape.leaf(*word_), tape.leaf(*position_), tape.leaf(*type_), batch);
    x = dropout(layer_norm(x, tape.leaf(*norm_.weight), tape.leaf(*norm_.bias)), next());
    for (const Layer& layer : layers_) {
      const Var qkv = apply(tape, x, layer.qkv, Activation::kNone);
      const Var context = attention(qkv, batch, {.heads = sizes_.heads, .dropout = next()});
      x = residual_dropout_layer_norm(apply(tape, context, layer.out, Activation::kNone), x,
                                      tape.leaf(*layer.norm1.weight), tape.leaf(*layer.norm1.bias), next());
      const Var up = apply(tape, x, layer.up, Activation::kGelu);
      x = residual_dropout_layer_norm(apply(tape, up, layer.down, Activation::kNone), x, tape.leaf(*layer.norm2.weight),
                                      tape.leaf(*layer.norm2.bias), next());
    }
    return x;
  }

  Var logits(Tape& tape, const PackedBatch& batch, const RowKeys& rows, std::uint64_t step) {
    return apply(tape, gather_rows(encode(tape, batch, rows, step), first_tokens(batch)), head_, Activation::kNone);
  }

  std::vector<Parameter*> parameters() {
    std::vector<Parameter*> all;
    for (Parameter& parameter : parameters_) all.push_back(&parameter);
    return all;
  }

 private:
  struct Dense {
    Parameter *weight, *bias;
  };
  struct Layer {
    Dense qkv, out, up, down, norm1, norm2;
  };

  Parameter* matrix(const std::string& name, std::int64_t rows, std::int64_t columns) {
    Rng rng(parameters_.size() + 1);
    Tensor value = Tensor::empty({rows, columns});
    for (float& x : value.values()) x = static_cast<float>(0.05 * rng.normal());
    return &parameters_.emplace_back(name + std::to_string(parameters_.size()), value, true);
  }
  Parameter* vector(const std::string& name, std::int64_t length, float fill) {
    return &parameters_.emplace_back(name + std::to_string(parameters_.size()), Tensor::full({length}, fill), false);
  }
  Dense dense(const std::string& name, std::int64_t out, std::int64_t in) {
    return {matrix(name + ".weight", out, in), vector(name + ".bias", out, 0.0f)};
  }
  Dense norm(const std::string& name) {
    return {vector(name + ".gain", sizes_.channels, 1.0f), vector(name + ".bias", sizes_.channels, 0.0f)};
  }
  static Var apply(Tape& tape, const Var& x, const Dense& dense, Activation activation) {
    return linear(x, tape.leaf(*dense.weight), tape.leaf(*dense.bias), {.activation = activation});
  }

  SmallEncoderSizes sizes_;
  std::deque<Parameter> parameters_;
  Parameter *word_, *position_, *type_;
  Dense norm_;
  std::vector<Layer> layers_;
  Dense head_;
};

}  // namespace yupu::engine
