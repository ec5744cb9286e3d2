// A search as a value: its settings, its trials, and what to do next.  Written whole to DIR/study.json after every
// event, so that a kill -9 loses no finished rung and the same command goes on.
//
//   {"format": 1, "fingerprint", "settings", "space", "next_order", "trials": [{"number", "bracket", "point": {name:
//    value}, "state", "target", "reason", "rungs": [{"resource", "figure"|null, "seconds", "order"}]}]}
//
// Invariants
//  1. A rung stands in study.json only once its checkpoint is durable (runner.h), and is never run again.
//  2. A suggestion follows from (seed, number of the trial, trials so far): no generator's position has to be kept.
//  3. A study of another space or other settings (fingerprint) is refused; more trials are not another study.
// With one job at a time a seed therefore repeats the search bit for bit; with several, the order in which they end
// decides what is tried next, while each trial by itself still repeats.
// Threads  one owner.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "training/tune/rungs.h"
#include "training/tune/space.h"
#include "training/tune/tpe.h"

namespace yupu::training::tune {

enum class Sampler : std::uint8_t { kTpe, kRandom };
enum class Scheduler : std::uint8_t { kAsha, kHyperband, kNone };

struct StudySettings {
  std::int64_t trials = 30;  // that are begun
  Ladder ladder = {};
  Sampler sampler = Sampler::kTpe;
  Scheduler scheduler = Scheduler::kAsha;
  TpeOptions tpe = {};
  std::uint64_t seed = 1;
};
Status check_settings(const StudySettings& settings);  // kInvalidArgument naming the member
Json to_json(const StudySettings& settings);

struct RungResult {
  std::int64_t resource = 0;     // epochs done
  std::optional<double> figure;  // nothing: it failed on the way there
  double seconds = 0.0;          // of this rung
  std::int64_t order = 0;        // in which the study's rungs ended, from 0
};

// kRunning includes what was under way when the program died.
enum class TrialState : std::uint8_t { kRunning, kPaused, kComplete, kFailed };

struct Trial {
  std::int64_t number = 0;
  std::int64_t bracket = 0;
  Point point;
  TrialState state = TrialState::kRunning;
  std::int64_t target = 0;  // resource it is being trained to, or was
  std::string reason;       // of a failure
  std::vector<RungResult> rungs;

  std::int64_t resource() const { return rungs.empty() ? 0 : rungs.back().resource; }
  std::optional<double> figure() const { return rungs.empty() ? std::nullopt : rungs.back().figure; }
};

struct Outcome {
  std::optional<double> figure;  // a value that is not finite is a failure
  double seconds = 0.0;
  std::string reason;  // without a figure: why
};

class Study {
 public:
  // `context` is what else decides the figures (rows, fixed options): hashed into the fingerprint.
  // Outcomes  kInvalidArgument: settings, space, or a damaged DIR/study.json; kConflict: DIR holds another study.
  static Result<Study> open(const std::string& directory, Space space, const StudySettings& settings,
                            const std::string& context);

  // The trial to train now, to trial.target; nothing when there is nothing to do until one that runs has ended, or at
  // all.  It counts as running from here on, and is durable.  Trials the last run left under way come first.
  Result<std::optional<std::int64_t>> next();
  // What became of it; durable when this returns.  REQUIRES: the trial is running.
  Status finish(std::int64_t number, const Outcome& outcome);

  // The best: of those that came furthest, by figure, the older of equals.  Null before any figure.
  const Trial* best() const;
  std::int64_t resource_spent() const;  // epochs, all trials together
  std::int64_t running_count() const;   // handed out by next() and not finished

  const std::vector<Trial>& trials() const { return trials_; }
  const Trial& trial(std::int64_t number) const { return trials_.at(static_cast<std::size_t>(number)); }
  const Space& space() const { return space_; }
  const StudySettings& settings() const { return settings_; }
  const std::string& directory() const { return directory_; }
  std::vector<std::int64_t> levels(std::int64_t bracket) const;

 private:
  Study(std::string directory, Space space, const StudySettings& settings, std::string fingerprint);
  Status load();
  Result<Trial> trial_from_json(const Json& json, const std::string& where) const;
  Status save() const;
  Point suggest_point(std::int64_t number) const;
  std::int64_t assign_bracket(std::int64_t number) const;
  Trial* promote();       // by the rungs
  Trial* last_climber();  // when no trial reached the top and none may go on by the rungs: the best one does

  std::string directory_;
  Space space_;
  StudySettings settings_;
  std::string fingerprint_;
  std::vector<Bracket> brackets_;
  std::vector<Trial> trials_;
  std::vector<std::int64_t> left_under_way_;  // by an earlier process
  std::int64_t next_order_ = 0;
};

}  // namespace yupu::training::tune
