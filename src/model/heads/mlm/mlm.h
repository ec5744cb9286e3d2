// The masked-language-model head of BertForMaskedLM, on the masked rows alone:
//   t      = LN(gelu(Wt h[rows] + bt))
//   logits = E t + b        E: the word embedding table of the encoder, tied (Press, Wolf 2016, arXiv:1608.05859)
// Shapes    hidden (N,C); rows (R) indices into N; labels (R) token ids; E (V,C); b (V).   Threads  as Encoder.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "model/encoder/encoder.h"

namespace yupu::model {

class MlmHead {
 public:
  // Fresh weights as the encoder's.
  MlmHead(const EncoderConfig& config, std::uint64_t seed);

  // The loss summed over `rows`, without the logits ever being there as a whole (engine/ops/linear_cross_entropy).
  // `hits`: when set, the number of labels that were the first guess is added to it.
  engine::Var loss(engine::Tape& tape, const Encoder& encoder, const engine::Var& hidden,
                   std::span<const std::int32_t> rows, std::span<const std::int32_t> labels,
                   std::int64_t* hits = nullptr) const;
  // (R,V), for looking at; memory in proportion.
  engine::Var logits(engine::Tape& tape, const Encoder& encoder, const engine::Var& hidden,
                     std::span<const std::int32_t> rows) const;

  std::vector<engine::Parameter*> parameters() const;
  // "cls.predictions.*" without the decoder, which is the embedding table.
  std::vector<TensorBinding> tensors() const;

 private:
  engine::Var transform(engine::Tape& tape, const engine::Var& hidden, std::span<const std::int32_t> rows) const;

  engine::Activation activation_;
  float layer_norm_epsilon_;
  std::unique_ptr<engine::Parameter> transform_weight_, transform_bias_, gain_, norm_bias_, decoder_bias_;
};

}  // namespace yupu::model
