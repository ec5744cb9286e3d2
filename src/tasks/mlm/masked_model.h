// A BERT encoder with its masked-language-model head and tokenizer: what pre-training trains and fine-tuning begins
// from.  A model directory holds
//   config.json, model.safetensors   HuggingFace layout, BertForMaskedLM: "bert.*" without a pooler,
//   "cls.predictions.*"
//                                    without the decoder, which is the word embedding table
//   vocab.txt, tokenizer.json, ...   what text::Tokenizer::save writes
//   yupu.json                        {"format": 1, "task": "mlm", "max_length", "lineage"}; written last, removed first
// Classifier::from_base opens it, and the reference library too.
// Threads  as Classifier.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "model/checkpoint/huggingface.h"
#include "model/encoder/encoder.h"
#include "model/heads/mlm/mlm.h"
#include "text/tokenizers/tokenizer.h"

namespace yupu::tasks {

class MaskedModel {
 public:
  // A model of random weights (model::FreshWeights::kBert).  `dropout` is what training uses; config.json keeps the
  // configuration's own.
  // Outcomes  kInvalidArgument: the configuration does not fit the vocabulary, or the vocabulary has no [MASK].
  static Result<std::unique_ptr<MaskedModel>> create(const model::EncoderConfig& config,
                                                     std::unique_ptr<text::Tokenizer> tokenizer, std::uint64_t seed,
                                                     float dropout);
  // A directory of BertForMaskedLM, to go on from.  A directory without the head gets a fresh one (`seed`).
  // Outcomes  as create; kNotFound, kInvalidArgument: the directory, file and tensor.
  static Result<std::unique_ptr<MaskedModel>> load(const std::string& directory, std::uint64_t seed, float dropout);

  // Outcomes  kInvalidArgument: a weight that `floats` cannot hold; a crash on the way leaves no yupu.json.
  Status save(const std::string& directory, const Json& lineage,
              model::FloatFormat floats = model::FloatFormat::kF32) const;

  // The loss summed over the rows of `batch` that were masked (model/heads/mlm/mlm.h).
  engine::Var loss(engine::Tape& tape, const model::EncoderBatch& batch, std::span<const std::int32_t> rows,
                   std::span<const std::int32_t> labels, model::DropoutStep dropout = {},
                   std::int64_t* hits = nullptr) const;
  // (R,V), for looking at.
  engine::Var logits(engine::Tape& tape, const model::EncoderBatch& batch, std::span<const std::int32_t> rows) const;

  const text::Tokenizer& tokenizer() const { return *tokenizer_; }
  const model::EncoderConfig& config() const { return config_; }
  // The pooler is not among them: nothing here trains it.
  std::vector<engine::Parameter*> parameters() const;
  std::vector<model::TensorBinding> tensors() const;
  std::string weights_sha256() const;

 private:
  MaskedModel() = default;
  static Result<std::unique_ptr<MaskedModel>> assemble(const model::EncoderConfig& config,
                                                       std::unique_ptr<text::Tokenizer> tokenizer, std::uint64_t seed,
                                                       float dropout, model::FreshWeights weights,
                                                       std::string_view where);

  model::EncoderConfig config_;  // as saved: with the dropouts fine-tuning will use
  std::unique_ptr<text::Tokenizer> tokenizer_;
  std::unique_ptr<model::Encoder> encoder_;
  std::unique_ptr<model::MlmHead> head_;
};

}  // namespace yupu::tasks
