// The BERT encoder.  Devlin et al. 2018, arXiv:1810.04805; Vaswani et al. 2017, arXiv:1706.03762, with the layer norm
// behind each sub-layer (post-LN):
//   x0     = dropout(LN(word + position + type))
//   a      = LN(x + dropout(Wo attention(Wqkv x) + bo))
//   x'     = LN(a + dropout(W2 gelu(W1 a + b1) + b2))
//   pooled = tanh(Wp x_L[first token of each sequence] + bp)
// Query, key and value are one weight (3C,C) here and three in a file: `tensors` gives the three as views.
// Where only first tokens are wanted, the last layer runs on those rows alone, but for keys and values: the same
// numbers, 5/6 of the layer's products saved. Adapters (model/adapters) change what single sequences of a batch read;
// the encoder's own weights stay as they are. Shapes    engine/shapes.md.   Threads  training: one owner; inference:
// any number of contexts at a time.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/autograd/tape.h"
#include "engine/ops/dropout/dropout.h"
#include "engine/packed_batch.h"
#include "model/adapters/segment.h"
#include "model/encoder/encoder_config.h"

namespace yupu::model {

class AdapterPass;

// A batch and who its rows are.  Must live until backward has run, and not move.
struct EncoderBatch {
  explicit EncoderBatch(engine::PackedBatch batch);
  EncoderBatch(const EncoderBatch&) = delete;
  EncoderBatch& operator=(const EncoderBatch&) = delete;

  engine::PackedBatch packed;
  engine::RowKeys tokens;                  // (N)
  engine::RowKeys sequences;               // (B)
  std::vector<std::int32_t> first_tokens;  // (B)
};

// Which random numbers dropout takes; unused in inference.
struct DropoutStep {
  std::uint64_t seed = 0;
  std::uint64_t step = 0;
};

// A weight under its HuggingFace name, sharing memory with the Parameter it is (part of).
struct TensorBinding {
  std::string name;
  engine::Tensor tensor;
  engine::Parameter* parameter;
};

// How fresh matrices begin (biases are 0, layer norms 1 and 0).  All draws are cut at two standard deviations.
enum class FreshWeights : std::uint8_t {
  // BERT's: N(0, initializer_range) everywhere.  What pre-training on much text expects.
  kBert,
  // For learning a task from few rows and nothing else.  The model begins close to "the mean of the words, read by a
  // linear layer", which a few thousand rows can improve on; from kBert the first token hardly sees the others at
  // first.
  // Value and attention output begin near a multiple of the identity, query and key near zero (after Trockman and
  // Kolter
  // 2023, arXiv:2305.09828), the pooler near the identity, positions far below words, the rest with 1/sqrt(fan-in).
  // Measured on examples/shop, tiny, 12 epochs, test accuracy: 0.35 from kBert, 0.71 from kTask.
  kTask,
  // About to be read from a file, or quantised: matrices not initialised (memory nobody has touched costs nothing).  A
  // pooler the file lacks is drawn by draw_pooler.
  kLoaded,
};

class Encoder {
 public:
  // The same seed gives the same weights on every machine.  REQUIRES: config.validate() is OK.
  Encoder(const EncoderConfig& config, std::uint64_t seed, FreshWeights fresh = FreshWeights::kBert);
  ~Encoder();
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;

  const EncoderConfig& config() const { return config_; }

  // A pooler for a file without one: near the identity, as kTask begins it, so that the head sees what pre-training
  // made of the first token.  (Drawn as kBert it sees little of it for the first hundreds of updates.)
  void draw_pooler(std::uint64_t seed);

  // The last hidden state of every token (N,C).  With `layers`, appends the embedding output and each layer's (L+1).
  engine::Var hidden(engine::Tape& tape, const EncoderBatch& batch, DropoutStep dropout = {},
                     std::vector<engine::Var>* layers = nullptr, AdapterSegments adapters = {}) const;
  // The last hidden state of the first token of every sequence (B,C).
  engine::Var first_hidden(engine::Tape& tape, const EncoderBatch& batch, DropoutStep dropout = {},
                           AdapterSegments adapters = {}) const;
  // first_hidden through the pooler (B,C).
  engine::Var pooled(engine::Tape& tape, const EncoderBatch& batch, DropoutStep dropout = {},
                     AdapterSegments adapters = {}) const;

  // The number of dropout sites used: heads count on from here.
  std::uint32_t dropout_sites() const;

  // Takes over the weights of `original`, the matrices in 8 bits, each row with its own scale.
  // REQUIRES: config().weights is kInt8 and the configuration else that of `original`, which is f32.
  void quantise_from(const Encoder& original);

  // The word embedding table (V,C), which a tied output layer reads too.
  engine::Parameter& word_embeddings() const { return *word_; }

  std::vector<engine::Parameter*> parameters() const;
  // Names without the "bert." in front: "encoder.layer.0.attention.self.query.weight".  A matrix kept in 8 bits is
  // followed by its scales: "encoder.layer.0.attention.self.query.weight_scale".
  std::vector<TensorBinding> tensors() const;

 private:
  struct Layer;

  void draw_for_task(std::uint64_t seed);
  engine::Var embed(engine::Tape& tape, const EncoderBatch& batch, DropoutStep dropout,
                    const AdapterPass& adapters) const;
  engine::Var run_layer(engine::Tape& tape, std::size_t index, const engine::Var& x, const EncoderBatch& batch,
                        DropoutStep dropout, bool first_only, const AdapterPass& adapters) const;

  EncoderConfig config_;
  // Parameters are handed out as mutable leaves by const members: training owns the model, inference only reads.
  std::unique_ptr<engine::Parameter> word_, position_, type_, embedding_gain_, embedding_bias_;
  std::vector<std::unique_ptr<Layer>> layers_;
  std::unique_ptr<engine::Parameter> pooler_weight_, pooler_bias_;
};

}  // namespace yupu::model
