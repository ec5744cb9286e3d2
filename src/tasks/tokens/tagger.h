// One tag per word: a BERT encoder, dropout and a linear head on the first piece of every word, and a decoder that says
// nothing its scheme forbids; optionally a linear-chain CRF on top, and a wide branch over features of the words
// (word_features.h) whose logits are added to the head's.  A model directory holds
//   config.json, model.safetensors   HuggingFace layout (BertForTokenClassification: no pooler), tags in id2label
//   vocab.txt, tokenizer.json, ...   what text::Tokenizer::save writes
//   crf.safetensors                  "between" (K,K), "start", "end" (K), when there is a CRF
//   wide.safetensors                 the wide branch, when there is one (model/heads/wide/wide.h)
//   yupu.json                        {"format": 1, "task": "tokens", "scheme", "crf", "max_length", "wide", "lineage"}
// yupu.json is written last and removed first: a directory that has it is whole.  A directory of the reference library
// has none and opens all the same: its scheme is read off its labels.
// Threads  every const member may be called from any thread; `emissions` wants an ExecutionContext of its own per
//          thread.  Training (forward, loss, parameters) has one owner.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "engine/execution_context.h"
#include "model/checkpoint/huggingface.h"
#include "model/encoder/encoder.h"
#include "model/heads/classification/classification.h"
#include "model/heads/wide/wide.h"
#include "tasks/tokens/crf.h"
#include "tasks/tokens/schemes.h"
#include "tasks/tokens/tagged.h"
#include "tasks/tokens/transitions.h"
#include "tasks/tokens/words.h"
#include "text/tokenizers/tokenizer.h"

namespace yupu::tasks {

// Sentences end to end, as the model reads them.  Must live until backward has run, and not move.
struct WordBatch {
  // sample_ids[i]: who sentence i is, whatever batch it travels in (dropout).  REQUIRES: no sentence without words.
  WordBatch(std::span<const WordEncoding* const> sentences, std::span<const std::uint32_t> sample_ids);

  std::unique_ptr<model::EncoderBatch> encoder;
  std::vector<std::int32_t> rows;      // (R) of the first piece of each word
  engine::RowKeys keys;                // (R)
  std::vector<std::int32_t> cu_words;  // sentence s is words [cu_words[s], cu_words[s+1])
  engine::SparseRows features;         // R rows, or none
};

// A span of words with how sure the model is: the probability, under the model's distribution over right tag sequences,
// that exactly this span of this type stands there.
struct ScoredSpan {
  Span span;
  double score = 0.0;
};

// A set of sentences has many times more features than a set of texts for classes has n-grams that matter.
inline constexpr model::WideOptions kWordFeatureLimits{.features_max = 1 << 18, .documents_min = 2};

class Tagger {
 public:
  struct Fresh {
    std::vector<Tag> tags;  // the order of the outputs; complete_tags() of the types
    Scheme scheme = Scheme::kIob2;
    bool crf = false;
    std::uint64_t seed = 1;
    std::int64_t max_length = 128;  // pieces of a window, [CLS] and [SEP] included (words.h)
  };

  // A model of random weights (model::FreshWeights::kTask).  Outcomes  kInvalidArgument: the configuration, the tags or
  // the vocabulary does not fit.
  static Result<std::unique_ptr<Tagger>> create(const model::EncoderConfig& config,
                                                std::unique_ptr<text::Tokenizer> tokenizer, const Fresh& fresh);
  // The encoder and tokenizer of a directory with a fresh head: where fine-tuning begins.  The dropouts of the
  // directory's config.json hold unless given.
  static Result<std::unique_ptr<Tagger>> from_base(const std::string& directory, const Fresh& fresh,
                                                   std::optional<float> dropout = std::nullopt);
  // A trained model.  Outcomes  kNotFound: no such directory or file; kInvalidArgument: what is wrong in which file.
  static Result<std::unique_ptr<Tagger>> load(const std::string& directory,
                                              model::Placement placement = model::Placement::kCopied);
  // Gives the model a wide branch fitted to the words of these sentences, none when they share no feature.
  // REQUIRES: no parameters handed out yet.
  void add_wide(std::span<const TaggedWords> sentences, const model::WideOptions& options = kWordFeatureLimits);
  const model::WideBranch* wide() const { return wide_.get(); }  // nullptr: none

  // Writes the directory (made if absent); other files in it stay.  A crash on the way leaves it without yupu.json.
  Status save(const std::string& directory) const;

  const std::vector<Tag>& tags() const { return tags_; }
  std::vector<std::string> labels() const { return tag_texts(tags_, scheme_); }
  std::optional<std::int32_t> tag_index(const Tag& tag) const;
  Scheme scheme() const { return scheme_; }
  const Crf* crf() const { return crf_.get(); }  // nullptr: none
  const text::Tokenizer& tokenizer() const { return *tokenizer_; }
  const model::EncoderConfig& config() const { return encoder_->config(); }
  std::int64_t max_length() const { return max_length_; }
  const Json& lineage() const { return lineage_; }
  void set_lineage(Json lineage) { lineage_ = std::move(lineage); }

  WordEncoding encode(std::span<const std::string> words) const;

  // (R,K) on a tape, one row a word; `batch` must live until backward has run.  REQUIRES: the batch is of encodings
  // made since the wide branch is there.
  engine::Var forward(engine::Tape& tape, const WordBatch& batch, model::DropoutStep dropout = {}) const;
  // Summed over the batch: cross entropy of the words, or with a CRF the negative log likelihood of the sentences.
  engine::Var loss(const engine::Var& forward, const WordBatch& batch, std::span<const std::int32_t> labels,
                   float label_smoothing = 0.0f) const;

  // One row-major (words, K) matrix a sentence, in order; nothing for a sentence without words.  A sentence's numbers
  // are the same bits whatever else is asked with it.
  // Outcomes  kResourceExhausted: no memory.
  Result<std::vector<std::vector<float>>> emissions(engine::ExecutionContext& context,
                                                    std::span<const WordEncoding> sentences) const;
  // What the wide branch adds to these.  REQUIRES: wide().
  Result<std::vector<std::vector<float>>> wide_emissions(engine::ExecutionContext& context,
                                                         std::span<const WordEncoding> sentences) const;
  // The best right sequence, as indices into tags().
  std::vector<std::int32_t> decode(std::span<const float> emission) const;
  std::vector<Tag> tags_of_sequence(std::span<const std::int32_t> sequence) const;
  std::vector<ScoredSpan> spans(std::span<const float> emission) const;

  std::vector<engine::Parameter*> parameters() const;
  std::vector<model::TensorBinding> tensors() const;  // of model.safetensors
  std::string weights_sha256() const;                 // over names and values of all weights

 private:
  Tagger() = default;
  static Result<std::unique_ptr<Tagger>> assemble(const model::EncoderConfig& config,
                                                  std::unique_ptr<text::Tokenizer> tokenizer, const Fresh& fresh,
                                                  model::FreshWeights weights, std::string_view where);
  Transitions transitions() const { return crf_ ? crf_->transitions() : legal_; }
  Status read_yupu_json(const Json& json, const std::string& directory);

  std::unique_ptr<text::Tokenizer> tokenizer_;
  std::unique_ptr<model::Encoder> encoder_;
  std::unique_ptr<model::ClassificationHead> head_;
  std::unique_ptr<Crf> crf_;                 // may be null
  std::unique_ptr<model::WideBranch> wide_;  // may be null
  std::vector<Tag> tags_;
  Transitions legal_;  // of the tags in the scheme
  Scheme scheme_ = Scheme::kIob2;
  std::int64_t max_length_ = 128;
  Json lineage_ = Json::object();
};

}  // namespace yupu::tasks
