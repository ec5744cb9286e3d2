// Raw text in, a base model out: masked-language-model pre-training.  Devlin et al. 2018, arXiv:1810.04805,
// section 3.1, without next-sentence prediction, with masks drawn anew each time (Liu et al. 2019, arXiv:1907.11692).
//
//   files -> vocabulary (trained on them unless given) -> token ids in memory -> per epoch: cut into sequences,
//   shuffled, packed into batches (no padding; sequences do not see each other), masked -> encoder -> masked rows ->
//   loss -> AdamW
//
// Interrupted at any point, kill -9 included, the same call goes on where the last checkpoint stands and ends with the
// same weights, bit for bit (training/state.h).  OUT is a usable model directory from the first evaluation on.
// Under the stable schedule neither the number of steps nor the precision decides what came before: a run may be
// continued with others, and its decay begun at any moment.  When it has ended, the state from before the decay is
// kept: more steps go on from there. Threads  one owner.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "engine/collective/collective.h"
#include "engine/precision.h"
#include "handoff/progress.h"
#include "model/checkpoint/safetensors.h"

namespace yupu::training {

enum class PretrainSchedule : std::uint8_t { kLinear, kStable };

struct PretrainOptions {
  std::vector<std::string> corpus;  // UTF-8 text files (training/pretrain/corpus.h); a file named twice counts twice

  std::string config = "mini";  // a size's name, or a config.json; its vocab_size is the vocabulary's
  std::string base;             // or a model directory to go on from, with its tokenizer
  std::string vocab;            // a vocab.txt; empty: trained on the corpus
  std::int64_t vocab_size = 16000;
  std::string out;

  std::int64_t steps = 0;  // updates; 0: as many as `epochs` have
  std::int64_t epochs = 1;
  std::int64_t batch_tokens = 4096;
  std::int64_t max_length = 128;  // tokens of a sequence, [CLS] and [SEP] included
  double short_share = 0.5;       // of the sequences that are cut shorter
  double mask_probability = 0.15;
  bool whole_word = false;
  // So many different words of every sequence are also asked of its first token, drawn anew each time, in the mean of
  // the loss: what fine-tuning reads then tells what the text is about, which masked words alone do not teach it
  // (bag-of-word prediction: Ma et al. 2024, arXiv:2401.11248).  0: none.
  std::int64_t first_token_words = 0;

  double lr = 1e-3;
  PretrainSchedule schedule = PretrainSchedule::kLinear;
  std::int64_t warmup_steps = -1;  // -1: 6 % of the steps, at most 1000
  std::int64_t decay_steps = -1;   // of the stable schedule; -1: a tenth of the steps
  bool decay_now = false;          // begin the stable schedule's decay where the run stands
  double weight_decay = 0.01;
  double clip_norm = 1.0;
  double dropout = 0.0;  // while pre-training; config.json keeps its own for fine-tuning

  double valid_share = 0.005;              // of the lines, held out
  std::int64_t valid_tokens_max = 50'000;  // at most
  std::int64_t eval_steps = 500;           // between evaluations, each of which also writes the model directory
  std::uint64_t seed = 1;
  engine::Precision precision =
      engine::Precision::kF32;  // bf16 falls back to f32, and says so, where hardware lacks it
  int threads = 0;
  double checkpoint_seconds = 60.0;
  model::FloatFormat floats = model::FloatFormat::kF32;  // of the weights in OUT; checkpoints are f32
  Json lineage = Json::object();

  // Asked after every update: true saves checkpoint and model and ends with kUnavailable.
  std::function<bool()> stop_requested;
  std::function<void(std::int64_t step)> after_step;  // tells who watches

  engine::Collective* collective =
      nullptr;  // the ranks that train together, as in training.h; null: this process alone
};

struct MaskedFigures {
  double loss = 0.0;      // mean over the masked tokens, nats
  double accuracy = 0.0;  // of the first guess
  std::int64_t masked = 0;
};

struct PretrainResult {
  std::int64_t steps = 0;
  std::int64_t resumed_at_step = 0;  // 0: began anew
  std::int64_t tokens_seen = 0;      // in all sittings
  std::int64_t train_tokens = 0;     // of the corpus
  std::int64_t valid_tokens = 0;
  std::int64_t vocab_size = 0;
  std::int64_t parameter_count = 0;
  double seconds = 0.0;
  double train_loss = 0.0;  // mean over the last epoch under way, first-token words included
  MaskedFigures valid;      // masked 0: nothing was held out
  std::string weights_sha256;
};

// Outcomes  kInvalidArgument: an option out of range (named), no text, a file that is not UTF-8 (with its line), a
//           vocabulary that does not fit; kInternal: the loss is no number any more (the step is named; the last good
//           checkpoint stays); kResourceExhausted: no memory, disk full; kUnavailable: stop_requested, or a rank is
//           gone (named); kConflict: a rank has another corpus, other options or another program (named).
Result<PretrainResult> pretrain(const PretrainOptions& options, handoff::Progress& progress);

}  // namespace yupu::training
