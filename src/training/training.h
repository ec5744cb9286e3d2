// Rows in, a model out: fine-tunes a classifier, keeps the weights that did best on the validation rows, calibrates its
// scores on them and writes the model directory (tasks/classify/classifier.h).
//
//   rows -> encodings -> packed batches -> encoder, head -> cross entropy -> backward -> AdamW -> validation -> best
//
// Interrupted at any point, kill -9 included, the same call goes on where the last checkpoint stands and ends with the
// same weights, bit for bit (state.h).  The seed fixes everything else: weights, order of the rows, dropout.
// Early stopping: after every epoch the validation figure either beats the best so far (strictly; then the weights are
// kept and the patience starts anew) or uses up one of `patience`.  At the end the best weights are loaded again and
// must give the figure that was recorded.
// On several ranks (engine/collective) the updates are the same as on one, each rank computing a share of every one:
// equal results but for rounding (1e-6), and bit for bit with as many ranks.  Rank 0 alone reads and writes OUT and
// speaks to `progress`; a run may go on with another number of ranks.
// Threads  one owner.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "engine/collective/collective.h"
#include "engine/precision.h"
#include "handoff/progress.h"
#include "handoff/types.h"
#include "model/adapters/adapter.h"
#include "tasks/classify/evaluate.h"
#include "training/background.h"
#include "training/class_weights.h"
#include "training/run_observer.h"

namespace yupu::training {

struct TrainOptions {
  std::vector<handoff::Row> train;  // of rows labelled out_of_scope `background` and `learn_out_of_scope` decide
  std::vector<handoff::Row> valid;  // empty: no early stopping, no calibration, the last weights are kept
  std::vector<handoff::Row> test;   // judged once, at the end

  std::string config = "tiny";  // size of a model from random weights (model/encoder/encoder_config.h), or
  std::string base;             // a model directory to start from
  // full: every weight trains.  Or a method of model/adapters: the base is frozen, the adapter and the head train, and
  // `out` becomes an adapter directory that names `base` (needed then).
  std::string method = "full";
  model::AdapterConfig adapter;                   // `method`, `base` and the steps are filled in here
  std::optional<std::int64_t> prune_after_steps;  // adalora's tinit; unset: a tenth of all updates
  std::optional<std::int64_t> prune_final_steps;  // adalora's tfinal; unset: three tenths

  std::string out;  // the model directory to write; OUT/.state holds the checkpoint on the way

  std::int64_t epochs = 30;
  std::int64_t batch_tokens = 512;  // tokens of a batch; packed, so all of them real
  std::int64_t batch_size = 0;      // most rows of a batch; 0: as many as fit the tokens
  std::int64_t grad_accumulation = 1;
  double lr = 1e-3;
  double warmup_ratio = 0.1;
  double weight_decay = 0.01;
  std::optional<double> dropout;  // everywhere in the model; unset: 0.1 from random weights, the base's own else
  double token_dropout = 0.0;     // probability that a token of a training text is read as unknown
  double label_smoothing = 0.0;
  double layer_decay = 1.0;    // of the learning rate, from each layer to the one below it (training/layer_decay.h)
  ClassWeights class_weights;  // what rows count in the loss; classify alone
  tasks::Pooling pooling = tasks::Pooling::kCls;  // what the head reads: classify and multilabel
  Background background = Background::kOff;       // an output for texts that no label fits; classify alone
  // The wide branch (model/heads/wide/wide.h): keeps a small or random encoder from falling below a linear model.
  bool wide = true;
  double wide_lr = 0.02;    // its own learning rate, on the same schedule
  double wide_decay = 0.0;  // its own weight decay; weight_decay is not applied to it
  // What the encoder and the wide branch are taught by themselves, beside what they say together; classify alone:
  //   loss = (CE(encoder + wide) + b * (CE(encoder) + CE(wide))) / (1 + 2b)
  // Of two branches with one loss, the one that fits the rows first leaves the other nothing to learn.
  double branch_loss = 0.0;
  double clip_norm = 1.0;  // 0: no clipping
  std::int64_t patience = 5;
  std::string metric = "accuracy";  // or "macro_f1", on the validation rows
  std::int64_t vocab_size = 4000;   // of the vocabulary trained on the rows when there is no base
  std::int64_t max_length = 64;     // tokens of a text that are read
  // Thresholds, fitted on the validation rows at the end (tasks/classify/calibration.h); they change no weight.
  double target_precision = 0.95;            // of the answers above the threshold; a promise replaces it
  std::optional<double> max_wrong;           // the promise: this share of the answers at most is wrong
  double confidence = 0.95;                  // of it
  std::optional<double> out_of_scope_share;  // of the texts that will be asked; unset: as among the validation rows
  tasks::GateChoice scope_gate = tasks::GateChoice::kAuto;
  bool learn_out_of_scope = false;  // out_of_scope becomes a label like any other
  std::uint64_t seed = 1;
  int threads = 0;  // 0: every core; changes nothing but the time
  // Of the linear layers' products, forward and backward; weights, moments, sums and everything else are fp32 either
  // way.  bf16 falls back to fp32, with a line that says so, where the hardware has none (training/precision.h).
  engine::Precision precision = engine::Precision::kF32;

  // When the loss is no number any more: false ends with kInternal, true with the weights of the best epoch so far, as
  // if patience had ended there (figure "train.diverged_at_step"); without one it is kInternal all the same.
  bool best_on_divergence = false;

  // Ends this sitting after so many epochs, its checkpoint kept and no model written (TrainResult::paused); called
  // again with a larger number, or 0 (never), training goes on.  The schedule stays that of all `epochs`.
  std::int64_t pause_after_epoch = 0;
  double checkpoint_seconds = 5.0;    // between checkpoints; longer when one takes more than 1/20 of that
  std::int64_t checkpoint_steps = 0;  // also after so many updates; 0: by time alone
  Json lineage = Json::object();      // goes into yupu.json: what the rows are, who asked

  // Asked after every update: true saves a checkpoint and ends with kUnavailable.
  std::function<bool()> stop_requested;
  std::function<void(std::int64_t step)> after_step;  // tells who watches
  RunObserver* observer = nullptr;                    // is told the figures, on the root rank alone; changes nothing

  engine::Collective* collective = nullptr;  // the ranks that train together; null: this process alone
};

// What decides the result, as JSON: for records and for recognising a checkpoint.  Without rows, paths and threads.
Json deciding_options(const TrainOptions& options);

// Whether the row has a label to learn; others serve calibration alone.
bool is_learned(const TrainOptions& options, const handoff::Row& row);

struct EpochFigures {
  std::int64_t epoch = 0;  // from 1
  double train_loss = 0.0;
  double valid_figure = 0.0;
};

struct TrainResult {
  std::vector<EpochFigures> epochs;
  bool paused = false;  // at pause_after_epoch: epochs, steps and seconds are there, nothing else
  std::int64_t steps = 0;
  std::int64_t best_epoch = 0;                            // 0: no validation rows
  std::int64_t resumed_at_step = 0;                       // 0: began anew
  double seconds = 0.0;                                   // all sittings together
  engine::Precision precision = engine::Precision::kF32;  // that was really used
  std::int64_t parameter_count = 0;
  std::string weights_sha256;
  Json encoder_config;
  std::optional<tasks::Evaluation> valid, test;
  std::string broken_promise;             // why max_wrong cannot be kept: the model answers nothing; else empty
  std::map<std::string, double> figures;  // "valid.accuracy", "test.macro_f1", "train.seconds", ...
};

// Outcomes  kInvalidArgument: an option out of range (named), no rows, fewer than two labels, a base that cannot be
//           used; kInternal: the loss is no number any more (the step is named; the last good checkpoint stays in
//           OUT/.state); kResourceExhausted: no memory, disk full; kUnavailable: stop_requested, or a rank is gone
//           (named; the last complete update stays in OUT/.state unless rank 0 itself is the one); kConflict: a rank
//           has other data, options or another program (named).
Result<TrainResult> train(const TrainOptions& options, handoff::Progress& progress);

}  // namespace yupu::training
