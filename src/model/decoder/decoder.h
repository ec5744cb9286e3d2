// The GPT-2 decoder.  Radford et al. 2019, "Language models are unsupervised multitask learners"; the layer norm in
// front of each sub-layer (pre-LN), learned positions, the output layer tied to the word table (Press, Wolf 2016,
// arXiv:1608.05859):
//   x0     = dropout(word + position)
//   a      = x + dropout(Wo causal_attention(Wqkv LN1(x)) + bo)
//   x'     = a + dropout(W2 gelu(W1 LN2(a) + b1) + b2)
//   h      = LNf(x_L),   logits = E h        E: the word table
// Shapes    engine/shapes.md; weights are (O,I), HuggingFace's files hold them transposed (decoder_files.h).
// Threads   training: one owner; inference: any number of contexts at a time, each sequence's cache in one of them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/autograd/tape.h"
#include "engine/ops/attention/cached_attention.h"
#include "engine/packed_batch.h"
#include "model/decoder/decoder_config.h"
#include "model/encoder/encoder.h"

namespace yupu::model {

// What a decoder remembers of one sequence: keys and values of every layer.
struct DecoderCache {
  std::vector<engine::KeyValueCache> layers;
  std::int64_t token_count() const { return layers.empty() ? 0 : layers[0].count; }
};

// A weight, named as HuggingFace names it without "transformer.": "h.0.attn.c_attn.weight".
struct DecoderTensor {
  engine::Parameter* parameter;
  bool transposed;  // in a file
};

class Decoder {
 public:
  // The same seed gives the same weights on every machine: N(0, initializer_range) cut at two deviations, what adds to
  // the residual stream with 1/sqrt(2L) of that.  kLoaded: matrices not initialised.
  // REQUIRES: config.validate() is OK.
  Decoder(const DecoderConfig& config, std::uint64_t seed, FreshWeights fresh = FreshWeights::kBert);
  ~Decoder();
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  const DecoderConfig& config() const { return config_; }

  // The state of every token behind the last layer norm (N,C).
  engine::Var hidden(engine::Tape& tape, const EncoderBatch& batch, DropoutStep dropout = {}) const;

  // Room for `tokens` of one sequence.
  DecoderCache make_cache(std::int64_t tokens) const;
  // The same of the tokens that come next in each sequence, where caches[b] remembers those before them; they are
  // remembered too.  `batch` holds the new tokens alone, its positions count from the sequence's beginning.
  engine::Var hidden_after(engine::Tape& tape, const engine::PackedBatch& batch,
                           std::span<DecoderCache* const> caches) const;

  // (N,V).
  engine::Var logits(engine::Tape& tape, const engine::Var& hidden) const;
  // The loss of `rows` of `hidden`, summed: labels[i] is the token behind rows[i].
  // `hits`: when set, the number of labels that were the first guess is added to it.
  engine::Var loss(engine::Tape& tape, const engine::Var& hidden, std::span<const std::int32_t> rows,
                   std::span<const std::int32_t> labels, std::int64_t* hits = nullptr) const;

  std::vector<engine::Parameter*> parameters() const;
  std::vector<DecoderTensor> tensors() const;

 private:
  struct Layer;
  // Attention over (N,3C), of the layer's number.
  using Attend = std::function<engine::Var(const engine::Var& qkv, std::size_t layer)>;
  engine::Var run(engine::Tape& tape, const engine::PackedBatch& batch, const engine::RowKeys* rows,
                  DropoutStep dropout, const Attend& attend) const;

  DecoderConfig config_;
  std::unique_ptr<engine::Parameter> word_, position_, gain_, bias_;
  std::vector<std::unique_ptr<Layer>> layers_;
};

}  // namespace yupu::model
