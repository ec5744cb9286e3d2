// Resumable stages.  A stage is done for an input; its input is hashed and the hash stored beside its output in one
// row, so the same input is never done twice and a crash at any point leaves the last finished stage as the place to go
// on from.
//
// Invariants   1  A row of table `stage` exists only for work that is durable: outputs first, the row last.
//              2  A stage's input is made only of the strategy, of files' hashes and of outputs of earlier stages.
//              3  Running a stage twice for one input is harmless (records have content ids; a stage repeats or goes
//              on).
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/status.h"
#include "handoff/progress.h"
#include "store/store.h"

namespace yupu::strategy {

// Outputs of the stages that are done, by stage name.
using Outputs = std::map<std::string, Json, std::less<>>;

struct Stage {
  std::string name;
  std::string summary;                                      // "texts in -> a dataset version"
  std::function<Result<Json>(const Outputs&)> input;        // what decides the result
  std::function<Result<Json>(const Outputs&)> run;          // the work; its output is stored
  std::function<std::string(const Json& output)> describe;  // one line about a finished output
};

enum class StageState : std::uint8_t { kDone, kChanged, kNeverRan, kWaits };

struct StagePlan {
  std::string name;
  std::string summary;
  StageState state;
  std::string why;                // "input is the same", "train.epochs changed", "never ran", "waits for 'train'"
  std::optional<double> seconds;  // how long it took the last time
};

struct StageOutcome {
  std::string name;
  bool skipped = false;
  double seconds = 0;
  Json output;
  std::string text;  // describe(output)
};

class StageRunner {
 public:
  // `strategy` names the row set in the store. The lenders outlive the runner. Threads: one owner.
  StageRunner(store::Store& store, const Clock& clock, handoff::Progress& progress, std::string strategy)
      : store_(store), clock_(clock), progress_(progress), strategy_(std::move(strategy)) {}

  // What run() would do, and why. Runs nothing.
  Result<std::vector<StagePlan>> plan(const std::vector<Stage>& stages);

  // Runs what is not done, in order; stops after `until` when that is not empty. Error: the first stage's that failed,
  // with its name in front; what was done before it stays done.
  Result<std::vector<StageOutcome>> run(const std::vector<Stage>& stages, std::string_view until = {});

 private:
  struct Stored {
    std::string input_sha256;
    Json input;
    Json output;
    double seconds = 0;
  };
  Result<std::optional<Stored>> load(std::string_view stage);
  Status save(std::string_view stage, const Stored& stored);

  store::Store& store_;
  const Clock& clock_;
  handoff::Progress& progress_;
  std::string strategy_;
};

// The dotted keys whose values differ between two inputs: "train.epochs, dataset".
std::string changed_keys(const Json& before, const Json& after);

}  // namespace yupu::strategy
