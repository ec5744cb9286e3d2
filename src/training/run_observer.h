// Who watches a training run: TensorBoard files, a tracking server, a test (track/ has those that ship).
// An observer never changes a run and never ends it: what goes wrong inside one stays there, is counted and said once.
//
//   run_started, { figures | histogram }, run_ended          (run_ended also when training failed or was stopped)
//
// A run that goes on from a checkpoint is started again with `resumed_at_step`; figures of the steps after it come
// again, bit for bit the same.
// Threads  the training thread calls; an observer that waits for something (a network) must do so on a thread of its
//          own.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "base/json.h"

namespace yupu::training {

struct RunStart {
  Json options;                      // deciding_options: what decides the result
  std::int64_t resumed_at_step = 0;  // 0: began anew
  std::int64_t total_steps = 0;      // when no patience ends it earlier
};

// "train/loss", "train/learning_rate", "train/grad_norm" after every update; "eval/<metric>", "train/epoch_loss" after
// every epoch: the names the HuggingFace trainer gave the field.
struct Figure {
  std::string_view name;
  double value = 0.0;
};

struct RunEnd {
  enum class Outcome : std::uint8_t { kFinished, kFailed, kStopped };  // kStopped: goes on when called again
  Outcome outcome = Outcome::kFinished;
  std::string message;                    // of a run that did not finish
  std::map<std::string, double> figures;  // TrainResult::figures
};

class RunObserver {
 public:
  virtual ~RunObserver() = default;
  virtual void run_started(const RunStart& start) = 0;
  // `step`: updates done.  One call has all figures of one moment.
  virtual void figures(std::int64_t step, std::span<const Figure> figures) = 0;
  // All values of one tensor ("weights/<parameter>"), after an epoch.  Called only when wants_histograms().
  virtual bool wants_histograms() const { return false; }
  virtual void histogram(std::int64_t step, std::string_view name, std::span<const float> values);
  virtual void run_ended(const RunEnd& end) = 0;
};

inline void RunObserver::histogram(std::int64_t /*step*/, std::string_view /*name*/,
                                   std::span<const float> /*values*/) {}

}  // namespace yupu::training
