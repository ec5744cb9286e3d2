// The checkpoint a run goes on from: OUT/.state/state.safetensors, replaced atomically, and beside it the best weights.
//
//   state.safetensors    "<parameter>" weights of what trains (a frozen base is not kept), "<parameter>.m",
//   "<parameter>.v" AdamW's moments; metadata "yupu":
//                        {"format": 1, "fingerprint", "step", "epoch", "update_in_epoch", "loss_sum", ...}
//   best-STEP.safetensors  weights; the state names the one that counts, others are left-overs
//
// Invariants
//  1. best-STEP is complete before a state names it, and older ones go only after that state is in place.
//  2. The order of the rows and dropout follow from (seed, epoch, step), so step and epoch are all there is to keep.
//  3. A state of other options or rows (another fingerprint) is never used.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "engine/optim/adamw.h"
#include "training/training.h"

namespace yupu::training {

struct Position {
  std::int64_t step = 0;             // updates done
  std::int64_t epoch = 0;            // epochs done
  std::int64_t update_in_epoch = 0;  // updates done of the epoch under way
  double loss_sum = 0.0;             // of the epoch under way, over targets
  std::int64_t loss_count = 0;
  std::optional<double> best_figure;
  std::int64_t best_epoch = 0;
  std::int64_t best_step = 0;  // names best-STEP.safetensors
  std::int64_t without_gain = 0;
  double seconds = 0.0;
  std::int64_t tokens = 0;                 // pre-training: tokens of all updates
  std::optional<std::int64_t> decay_from;  // pre-training: the update at which the learning rate began to fall
  std::vector<EpochFigures> history;
};

Json json_of(const Position& position);
Result<Position> position_of(const Json& json, const std::string& where);

using NamedTensor = std::pair<std::string, engine::Tensor>;

class StateFolder {
 public:
  // `out`: the model directory.  Makes OUT/.state.
  static Result<StateFolder> open(const std::string& out, std::string fingerprint);
  // For a rank that leaves the files to another: only path() may be called.
  static StateFolder elsewhere(const std::string& out) { return {out + "/.state", {}}; }

  // Restores weights, moments and step count, and returns where the run stood; nothing when there is no state of this
  // fingerprint.  Outcomes  kInvalidArgument: the state is damaged (says which file to remove).
  // `also`: what else training has to remember (AdaLoRA's allocator), written into on restoring.
  Result<std::optional<Position>> restore(engine::AdamW& optimizer, std::span<const NamedTensor> also = {}) const;
  Status save(engine::AdamW& optimizer, const Position& position, std::span<const NamedTensor> also = {}) const;

  Status save_best(const engine::AdamW& optimizer, std::int64_t step) const;
  Status load_best(engine::AdamW& optimizer, std::int64_t step) const;
  // Removes every best-*.safetensors but this one.
  void forget_other_bests(std::int64_t step) const;
  Status remove() const;
  const std::string& path() const { return path_; }

 private:
  StateFolder(std::string path, std::string fingerprint)
      : path_(std::move(path)), fingerprint_(std::move(fingerprint)) {}
  std::string best_path(std::int64_t step) const;
  std::string path_;
  std::string fingerprint_;
};

}  // namespace yupu::training
