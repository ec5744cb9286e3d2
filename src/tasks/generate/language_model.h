// A GPT-2 decoder with its tokenizer: what writes text.  A model directory holds
//   config.json, model.safetensors    HuggingFace layout, GPT2LMHeadModel
//   vocab.json, merges.txt, tokenizer.json, ...   what text::Tokenizer::save writes
//   yupu.json                         {"format": 1, "task": "generate", "max_length", "begins_texts", "lineage"};
//                                     written last, removed first
// A sequence as the model reads it: the end-of-text token, the text, the end-of-text token.  `begins_texts` says that a
// model has learned with the first of these, so that prompts are given one too; a directory of another library has no
// yupu.json and is given prompts bare, as that library does.
// Threads  as Decoder.
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
#include "model/decoder/decoder.h"
#include "tasks/generate/passages.h"
#include "text/tokenizers/tokenizer.h"

namespace yupu::tasks {

// Tokens of which ids[given..] are to be guessed, each from those before it.
struct WrittenSequence {
  std::vector<std::int32_t> ids;
  std::int32_t given = 1;
  std::int64_t input_count() const { return static_cast<std::int64_t>(ids.size()) - 1; }  // the last is no input
  std::int64_t target_count() const { return static_cast<std::int64_t>(ids.size()) - given; }
};

class LanguageModel {
 public:
  // A model of random weights.  `max_length` is the longest sequence it learns from.
  // Outcomes  kInvalidArgument: the configuration does not fit the vocabulary, or the vocabulary has no end of text.
  static Result<std::unique_ptr<LanguageModel>> create(const model::DecoderConfig& config,
                                                       std::unique_ptr<text::Tokenizer> tokenizer, std::uint64_t seed,
                                                       std::int64_t max_length);
  // To go on learning from a directory of GPT2LMHeadModel; `max_length` is cut to its positions; `dropout`, when given,
  // replaces its three.
  // Outcomes  as create; kNotFound, kInvalidArgument: the directory, file and tensor.
  static Result<std::unique_ptr<LanguageModel>> from_base(const std::string& directory, std::int64_t max_length,
                                                          std::optional<float> dropout);
  // To write with.  Outcomes  as from_base.
  static Result<std::unique_ptr<LanguageModel>> load(const std::string& directory);

  // Outcomes  those of writing files; a crash on the way leaves no yupu.json.
  Status save(const std::string& directory) const;

  // What a passage is learned as: one sequence, or, of a whole text longer than max_length tokens, several, each
  // beginning with the last token of the one before, so that every token is guessed once.  A prompt that does not fit
  // loses its beginning, an answer its end (`cut`, when set, counts such passages).
  std::vector<WrittenSequence> sequences(const Passage& passage, std::int64_t* cut = nullptr) const;
  // The tokens of a prompt to write on from; never empty.
  std::vector<std::int32_t> prompt_ids(std::string_view prompt) const;

  // The summed loss of these sequences; `batch` is what batch_of made of them.
  static engine::PackedBatch batch_of(std::span<const WrittenSequence* const> sequences,
                                      std::span<const std::uint64_t> sample_ids);
  engine::Var loss(engine::Tape& tape, const model::EncoderBatch& batch,
                   std::span<const WrittenSequence* const> sequences, model::DropoutStep dropout = {},
                   std::int64_t* hits = nullptr) const;

  const text::Tokenizer& tokenizer() const { return *tokenizer_; }
  const model::Decoder& decoder() const { return *decoder_; }
  const model::DecoderConfig& config() const { return config_; }
  std::int32_t end_of_text() const { return *tokenizer_->special_ids().end_of_text; }
  std::int64_t max_length() const { return max_length_; }
  bool begins_texts() const { return begins_texts_; }
  const Json& lineage() const { return lineage_; }
  void set_lineage(Json lineage) { lineage_ = std::move(lineage); }
  std::vector<engine::Parameter*> parameters() const { return decoder_->parameters(); }
  std::string weights_sha256() const;

 private:
  LanguageModel() = default;
  static Result<std::unique_ptr<LanguageModel>> assemble(const model::DecoderConfig& config,
                                                         std::unique_ptr<text::Tokenizer> tokenizer, std::uint64_t seed,
                                                         model::FreshWeights weights, std::string_view where);

  model::DecoderConfig config_;  // as it is saved
  std::unique_ptr<model::Decoder> decoder_;
  std::unique_ptr<text::Tokenizer> tokenizer_;
  std::int64_t max_length_ = 0;
  bool begins_texts_ = false;
  Json lineage_ = Json::object();
};

}  // namespace yupu::tasks
