// One vector per text: a BERT encoder, the mean of its tokens or its first token, optionally of length one.
// Sentence-BERT, Reimers and Gurevych 2019, arXiv:1908.10084.  A model directory is sentence-transformers':
//   config.json, model.safetensors     HuggingFace layout (BertModel)
//   vocab.txt, tokenizer.json, ...     what text::Tokenizer::save writes
//   modules.json                       Transformer, Pooling and, when normalised, Normalize
//   1_Pooling/config.json              which pooling
//   sentence_bert_config.json          max_seq_length
//   config_sentence_transformers.json  cosine is how two are compared
//   yupu.json                          {"format": 1, "task": "embed", "lineage"}
// yupu.json is written last and removed first: a directory of ours that has it is whole.  Directories of that library
// have none and open all the same.
// Threads  every const member may be called from any thread; `embed` wants an ExecutionContext of its own per thread.
//          Training (forward, parameters) has one owner.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "engine/execution_context.h"
#include "model/checkpoint/huggingface.h"
#include "model/encoder/encoder.h"
#include "tasks/pooling.h"
#include "text/tokenizers/tokenizer.h"

namespace yupu::tasks {

class Embedder {
 public:
  struct Fresh {
    std::uint64_t seed = 1;
    std::int64_t max_length = 64;         // tokens of a text that are read
    std::optional<Pooling> pooling = {};  // unset: the directory's, else mean
    std::optional<bool> normalize = {};   // unset: the directory's, else yes
  };

  // A model of random weights (model::FreshWeights::kTask).  Outcomes  kInvalidArgument: the configuration or the
  // vocabulary does not fit.
  static Result<std::unique_ptr<Embedder>> create(const model::EncoderConfig& config,
                                                  std::unique_ptr<text::Tokenizer> tokenizer, const Fresh& fresh);
  // Where fine-tuning begins: an embedder, or the encoder and tokenizer of any directory.  Its dropouts hold unless
  // given.
  static Result<std::unique_ptr<Embedder>> from_base(const std::string& directory, const Fresh& fresh,
                                                     std::optional<float> dropout = std::nullopt);
  // Whether a directory is laid out as one.
  static bool recognises(const std::string& directory);
  // Outcomes  kNotFound: no such directory or file; kInvalidArgument: what is wrong in which file, modules and poolings
  //           that yupu does not have among it.
  static Result<std::unique_ptr<Embedder>> load(const std::string& directory,
                                                model::Placement placement = model::Placement::kCopied);
  // Writes the directory (made if absent); other files in it stay.  A crash on the way leaves it without yupu.json.
  Status save(const std::string& directory) const;

  Pooling pooling() const { return pooling_; }
  bool normalizes() const { return normalize_; }
  std::int64_t width() const { return config().hidden_size; }
  const text::Tokenizer& tokenizer() const { return *tokenizer_; }
  const model::EncoderConfig& config() const { return encoder_->config(); }
  std::int64_t max_length() const { return max_length_; }
  const Json& lineage() const { return lineage_; }
  void set_lineage(Json lineage) { lineage_ = std::move(lineage); }

  text::Encoding encode(std::string_view text) const;

  // (B,C) on a tape, pooled and not yet normalised; `batch` must live until backward has run.
  engine::Var forward(engine::Tape& tape, const model::EncoderBatch& batch, model::DropoutStep dropout = {}) const;
  // One vector a text, in order, of length one when the model normalises.  A text's numbers are the same bits whatever
  // else is asked with it.  Outcomes  kResourceExhausted: no memory.
  Result<std::vector<std::vector<float>>> embed(engine::ExecutionContext& context,
                                                std::span<const text::Encoding> texts) const;

  std::vector<engine::Parameter*> parameters() const;  // that train: not the pooler, which nobody reads
  std::vector<model::TensorBinding> tensors() const { return encoder_->tensors(); }
  std::string weights_sha256() const;  // over names and values of all weights that train

 private:
  Embedder() = default;
  static Result<std::unique_ptr<Embedder>> assemble(const model::EncoderConfig& config,
                                                    std::unique_ptr<text::Tokenizer> tokenizer, const Fresh& fresh,
                                                    model::FreshWeights weights, std::string_view where);
  Status load_encoder(const std::string& directory, std::uint64_t seed, model::Placement placement);

  std::unique_ptr<text::Tokenizer> tokenizer_;
  std::unique_ptr<model::Encoder> encoder_;
  Pooling pooling_ = Pooling::kMean;
  bool normalize_ = true;
  std::int64_t max_length_ = 64;
  Json lineage_ = Json::object();
};

}  // namespace yupu::tasks
