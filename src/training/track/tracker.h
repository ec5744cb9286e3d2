// The observers that ship, by name.  A new one is one file beside this one and one row in trackers.cc.
//
//   tensorboard:DIR   event files TensorBoard opens            (tensorboard.h)
//   mlflow:URL        a run on an MLflow tracking server       (mlflow.h)
//   wandb:DIR         a run directory `wandb sync` takes       (wandb.h)
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/status.h"
#include "handoff/progress.h"
#include "training/run_observer.h"

namespace yupu::training {

struct TrackOptions {
  std::string run_name;  // what people call the run: "shop-lora"
  std::string run_key;   // the same for every sitting of one run; empty: none
  std::string version;   // yupu's
  const Clock& clock;
  handoff::Progress& progress;  // failures are said here
};

struct Tracker {
  std::string_view name;
  std::string_view target;  // what stands after the colon, for the help
  std::string_view summary;
  Result<std::unique_ptr<RunObserver>> (*open)(const std::string& target, const TrackOptions& options);
};
std::span<const Tracker> trackers();

// Checks without opening anything.  Outcomes  kInvalidArgument: not "NAME:TARGET", or no such name.
Status check_track_spec(std::string_view spec);

// One observer that tells all of `specs`; null when there are none.  Nothing is contacted yet.
Result<std::unique_ptr<RunObserver>> open_trackers(std::span<const std::string> specs, const TrackOptions& options);

// A run's options, flat: {"adapter": {"rank": 8}} is "adapter.rank" -> 8; what is null or empty is left out.
std::vector<std::pair<std::string, Json>> flat_options(const Json& options);

// What goes wrong in a tracker: said once, counted, and summed up at the end.  Threads: one owner.
class Failures {
 public:
  Failures(std::string who, handoff::Progress& progress) : who_(std::move(who)), progress_(progress) {}
  void add(const Status& status);
  void sum_up();  // a line when there was any
  std::int64_t count() const { return count_; }

 private:
  std::string who_;
  handoff::Progress& progress_;
  std::int64_t count_ = 0;
};

}  // namespace yupu::training
