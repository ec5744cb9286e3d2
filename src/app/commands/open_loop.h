// A strategy opened with its working folder, for the commands that carry out its loop or a part of it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/arguments.h"
#include "app/compose.h"
#include "app/work_lock.h"
#include "app/workplace.h"
#include "base/status.h"
#include "handoff/progress.h"
#include "strategy/loop.h"
#include "strategy/stages.h"
#include "strategy/strategy.h"

namespace yupu::app {

struct LoopOptions {
  WorkplaceOptions where;
  http::ListenAddress listen;
  int threads = 0;
  bool json = false;
};
// Reads --workdir, --store, --json, --threads, --listen.
Result<LoopOptions> read_loop(Arguments& arguments);

// The right to carry out the strategy, as long as it lives.
struct LoopLead {
  std::unique_ptr<store::Lead> lead;  // among processes on the store
  std::unique_ptr<WorkLock> lock;     // and in the working folder
};

class OpenLoop {
 public:
  static Result<std::unique_ptr<OpenLoop>> open(const std::string& path, const LoopOptions& options);

  strategy::LoopContext& context() { return context_; }
  std::vector<strategy::Stage> stages() { return strategy::loop_stages(context_); }
  strategy::StageRunner runner() { return {*place_.store, *place_.clock, *progress_, strategy_.name}; }
  handoff::Progress& progress() { return *progress_; }

  // Starts the server on first use; later calls make it look for a new live release.
  Result<LiveServer*> server();
  // Error: kConflict while another process has it.
  Result<LoopLead> lead();

 private:
  OpenLoop(strategy::Strategy loaded, products::AnswerBook answers, Workplace place, const LoopOptions& options);

  strategy::Strategy strategy_;
  products::AnswerBook answers_;
  Workplace place_;
  http::ListenAddress listen_;
  std::unique_ptr<handoff::Progress> progress_;
  strategy::LoopContext context_;
  std::unique_ptr<LiveServer> server_;
};

}  // namespace yupu::app
