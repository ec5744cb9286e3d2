// One label per text: a BERT encoder, its pooler and a linear head, with the tokenizer and the labels that belong to
// it.  A model directory holds
//   config.json, model.safetensors   HuggingFace layout (model/checkpoint/huggingface.h), labels in id2label
//   vocab.txt, tokenizer.json, ...   what text::Tokenizer::save writes
//   wide.safetensors                 the wide branch, when there is one (model/heads/wide/wide.h)
//   scope.safetensors                class distances, when the calibration's scope gate is of them (scope.h)
//   neighbours.safetensors           the training texts' vectors, when the gate is of them (neighbours.h)
//   yupu.json                        {"format": 1, "task": "classify", "max_length", "calibration", "lineage"}, and
//                                    "pooling": "mean" when the head reads the mean of the tokens' rows: a model that
//                                    has no pooler and that the reference library has no class for; "background": true
//                                    when the last output is no label but what texts of no label were taught as: it
//                                    takes probability and is never an answer (config.json names it out_of_scope)
// or, for an adapter (model/adapters/files.h), which shares a base directory with others:
//   adapter_config.json, adapter_model.safetensors   PEFT's layout, the head under modules_to_save
//   yupu.json                        the same, and "labels", "adapter": {"base", "base_sha256"}
// yupu.json is written last and removed first: a directory that has it is whole.  A directory of the reference library
// has none and opens all the same, without calibration.
// Threads  every const member may be called from any thread; `logits` wants an ExecutionContext of its own per thread.
//          Training (forward, parameters, load_values) has one owner.
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
#include "model/adapters/adapter.h"
#include "model/encoder/encoder.h"
#include "model/heads/classification/classification.h"
#include "model/heads/wide/wide.h"
#include "tasks/classify/adapter_base.h"
#include "tasks/classify/calibration.h"
#include "tasks/classify/neighbours.h"
#include "tasks/classify/scope.h"
#include "tasks/pooling.h"
#include "text/tokenizers/tokenizer.h"

namespace yupu::tasks {

struct Answer {
  std::int32_t label = 0;  // index into labels()
  double score = 0.0;      // calibrated probability
};

// What yupu.json says of a classifier that another task is built on (tasks/pairs): its name, and members of its own.
struct ClassifierRecord {
  std::string task = "classify";
  OrderedJson members = OrderedJson::object();
  std::string problem_type = {};  // of config.json (model::ModelConfig); empty: as the labels' number says
};

struct LoadOptions {
  model::Placement placement = model::Placement::kCopied;
  OpenBase open_base = nullptr;   // for an adapter's base; empty: open_adapter_base with `placement`
  std::string task = "classify";  // yupu.json must name it; its other members are the caller's to read
};

class Classifier {
 public:
  struct Fresh {
    std::vector<std::string> labels;  // the order of the outputs; not empty, no label twice
    std::uint64_t seed = 1;
    std::int64_t max_length = 128;  // tokens of a text that are read, [CLS] and [SEP] included
    // What the head reads.  kCls: the first token through the pooler, BERT's own.  kMean: the mean of all tokens, for
    // bases that were trained so (sentence-transformers) and few rows.
    Pooling pooling = Pooling::kCls;
    bool background = false;  // one output more than labels, of texts that no label fits
  };

  // A model of random weights (model::FreshWeights::kTask).  Outcomes  kInvalidArgument: the configuration, the labels
  // or the vocabulary does not fit.
  static Result<std::unique_ptr<Classifier>> create(const model::EncoderConfig& config,
                                                    std::unique_ptr<text::Tokenizer> tokenizer, const Fresh& fresh);
  // The encoder and tokenizer of a directory with a fresh head: where fine-tuning begins.  A pooler that is absent is
  // fresh too.  The dropouts of the directory's config.json hold unless given.
  static Result<std::unique_ptr<Classifier>> from_base(const std::string& directory, const Fresh& fresh,
                                                       std::optional<float> dropout = std::nullopt);
  // A trained model, or an adapter with the base its adapter_config.json names: a path from the adapter's directory or
  // the working directory; `options.open_base` opens that, so that adapters may share one (adapter_base.h).  Outcomes
  // kNotFound: no such directory or file; kInvalidArgument: what is wrong in which file; an adapter of another base
  // (its weights' hash or the shapes differ).
  static Result<std::unique_ptr<Classifier>> load(const std::string& directory, const LoadOptions& options = {});

  // Gives the model a wide branch fitted to these texts, none when they share no n-gram.  REQUIRES: no parameters
  // handed out yet.
  void add_wide(std::span<const std::string> texts, const model::WideOptions& options = {});
  const model::WideBranch* wide() const { return wide_.get(); }

  // Freezes the encoder and puts a fresh adapter on it: from here on the adapter and the head train, nothing else.
  // Outcomes  kInvalidArgument: a member of the config.   REQUIRES: no adapter yet.
  Status adapt(const model::AdapterConfig& config, std::uint64_t seed);
  const model::Adapter* adapter() const { return adapter_.get(); }  // nullptr: a whole model
  model::Adapter* adapter() { return adapter_.get(); }
  // Folds the adapter into the encoder: a whole model from here on.  Outcomes  those of model::merge.
  // REQUIRES: nobody shares the encoder.
  Status merge_adapter();
  // Puts the encoder's matrices into 8 bits (docs/formats/int8.md): a quarter of the memory, answers close to the ones
  // before, no training from here on.  Calibration and lineage stay.
  // Outcomes  kConflict: it is quantised already, or an adapter; kResourceExhausted: no memory.  An error changes
  // nothing.
  Status quantise();

  // Writes the directory (made if absent); other files in it stay.  A crash on the way leaves it without yupu.json.
  Status save(const std::string& directory) const;

  const std::vector<std::string>& labels() const { return labels_; }
  std::optional<std::int32_t> label_index(std::string_view label) const;
  const text::Tokenizer& tokenizer() const { return *tokenizer_; }
  const model::EncoderConfig& config() const { return encoder_->config(); }
  Pooling pooling() const { return pooling_; }
  std::int64_t max_length() const { return max_length_; }
  const std::optional<Calibration>& calibration() const { return calibration_; }
  void set_calibration(const std::optional<Calibration>& calibration) { calibration_ = calibration; }
  // Where the training texts lie.  With them every row of logits() ends with one number more, the text's Mahalanobis
  // score; saved only when the calibration's gate is of it.
  void set_distances(std::optional<ClassDistances> distances) { distances_ = std::move(distances); }
  const std::optional<ClassDistances>& distances() const { return distances_; }
  // The training texts' vectors, likewise: one number more, the score of neighbours.h.
  void set_neighbours(std::optional<Neighbours> neighbours) { neighbours_ = std::move(neighbours); }
  const std::optional<Neighbours>& neighbours() const { return neighbours_; }
  // With a wide branch rows can also end with how far it and the encoder agree (branch_agreement).
  void show_agreement(bool show) { shows_agreement_ = show && wide_ != nullptr; }
  bool has_background() const { return background_; }
  // Outputs of the head and the wide branch: the labels, and the background when there is one.
  std::size_t output_count() const { return labels_.size() + (background_ ? 1 : 0); }
  // A row: the outputs' logits, the Mahalanobis score, the neighbours' one, the agreement, each when there is one.
  std::size_t row_width() const {
    return output_count() + (distances_ ? 1 : 0) + (neighbours_ ? 1 : 0) + (shows_agreement_ ? 1 : 0);
  }
  // REQUIRES: a row of logits().
  LabelledLogits read_row(std::span<const float> row, std::optional<std::int32_t> label = {}) const;
  const Json& lineage() const { return lineage_; }
  void set_lineage(Json lineage) { lineage_ = std::move(lineage); }
  void set_record(ClassifierRecord record) { record_ = std::move(record); }

  // Special tokens written in the text are plain text.  With a wide branch the n-grams are counted too.
  text::Encoding encode(std::string_view text) const;

  // (B,outputs) on a tape; `batch` must live until backward has run.  `ngrams`: one row per sequence, read only when
  // there is a wide branch.
  using Ngrams = std::span<const text::SparseRow* const>;
  engine::Var forward(engine::Tape& tape, const model::EncoderBatch& batch, Ngrams ngrams,
                      model::DropoutStep dropout = {}) const;
  // The same with what it is the sum of; without a wide branch the encoder's logits are all there is.
  struct BranchLogits {
    engine::Var encoder;
    std::optional<engine::Var> wide;
    engine::Var both;
  };
  BranchLogits forward_branches(engine::Tape& tape, const model::EncoderBatch& batch, Ngrams ngrams,
                                model::DropoutStep dropout = {}) const;
  // One row of row_width() numbers per text, in order.  A text's row is the same bits whatever else is asked with it.
  // Outcomes  kInvalidArgument: an encoding is empty or does not fit the model; kResourceExhausted: no memory.
  Result<std::vector<std::vector<float>>> logits(engine::ExecutionContext& context,
                                                 std::span<const text::Encoding> texts) const;
  // The vector the head reads of each text: what class distances are fitted to.  Outcomes  as logits.
  Result<std::vector<std::vector<float>>> pooled(engine::ExecutionContext& context,
                                                 std::span<const text::Encoding> texts) const;
  // Rows of logits for texts of several classifiers that share an encoder, in one pass: each row as its classifier
  // alone gives it, bit for bit.  REQUIRES: equal encoder() of all.
  struct Ask {
    const Classifier* classifier;
    const text::Encoding* text;
  };
  static Result<std::vector<std::vector<float>>> mixed_logits(engine::ExecutionContext& context,
                                                              std::span<const Ask> asks);
  const model::Encoder* encoder() const { return encoder_.get(); }
  // What it holds in memory when it answers, beside an encoder it shares: the adapter, the head, the wide branch.
  std::size_t own_bytes() const;

  // Of a row of logits(): labels by probability, highest first (ties: lower index), at most `count`; temperature
  // applied when calibrated.
  std::vector<Answer> rank(std::span<const float> row, std::size_t count) const;
  // What to do with a text whose best label has this score.  kAnswer when the model was never calibrated.
  Decision decide(std::span<const float> row, double score) const;
  // The score of the calibration's scope gate; nothing without a gate.
  std::optional<double> scope_score(std::span<const float> row) const;

  std::vector<engine::Parameter*> parameters() const;
  std::vector<model::TensorBinding> tensors() const;
  // SHA-256 over names and values of all weights.
  std::string weights_sha256() const;

 private:
  Classifier() = default;
  static Status check_labels(const std::vector<std::string>& labels, std::string_view where);
  static Result<std::unique_ptr<Classifier>> assemble(const model::EncoderConfig& config,
                                                      std::unique_ptr<text::Tokenizer> tokenizer, const Fresh& fresh,
                                                      model::FreshWeights weights, model::FreshWeights head,
                                                      std::string_view where);
  // What yupu.json says of the outputs and what they read; kCls and none when it says nothing.
  struct Told {
    Pooling pooling = Pooling::kCls;
    bool background = false;
  };
  static Result<Told> told_shape(const std::string& directory, std::string_view task);
  static Result<std::unique_ptr<Classifier>> load_adapted(const std::string& directory, const LoadOptions& options);
  // What the head reads of each sequence (B,C).
  engine::Var pooled_rows(engine::Tape& tape, const model::EncoderBatch& batch, model::DropoutStep dropout,
                          model::AdapterSegments adapters) const;
  Status check_fits(const text::Encoding& text) const;
  // One pass over asks[order[i]], the i-th sequences of `packed`; writes their `rows`.
  static void run_pass(engine::Tape& tape, std::span<const Ask> asks, std::span<const std::size_t> order,
                       engine::PackedBatch packed, std::vector<std::vector<float>>& rows);
  // The row of one text of this classifier; without a wide branch `wide` is not read.
  struct Outputs {
    std::span<const float> encoder, wide, both, pooled;
  };
  std::vector<float> row_of(const Outputs& outputs) const;
  Status read_extras(const Json& json, const std::string& directory, const std::string& path);
  Status read_yupu_json(const std::string& directory);
  Status save_weights(const std::string& directory) const;

  std::shared_ptr<const text::Tokenizer> tokenizer_;
  std::shared_ptr<model::Encoder> encoder_;  // an adapter's may be shared; then it is only read
  std::shared_ptr<const AdapterBase> base_;  // of an adapter: what it shares lives as long as it
  std::unique_ptr<model::ClassificationHead> head_;
  std::unique_ptr<model::WideBranch> wide_;  // may be null
  std::unique_ptr<model::Adapter> adapter_;
  Pooling pooling_ = Pooling::kCls;
  bool pooler_is_fresh_ = false;  // the base had none
  bool background_ = false;
  bool shows_agreement_ = false;
  std::vector<std::string> labels_;
  std::int64_t max_length_ = 128;
  std::optional<Calibration> calibration_;
  std::optional<ClassDistances> distances_;
  std::optional<Neighbours> neighbours_;
  Json lineage_ = Json::object();
  ClassifierRecord record_;
};

}  // namespace yupu::tasks
