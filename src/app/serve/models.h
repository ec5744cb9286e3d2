// The models of a running server: the strategy's live release, the folders it was given, adapters that are paged in.
#pragma once

#include <memory>

#include "app/compose.h"
#include "engine/execution_context.h"
#include "serving/adapter_pool.h"
#include "serving/engine_worker.h"
#include "serving/metrics.h"
#include "serving/model_host.h"
#include "serving/release_watcher.h"
#include "tasks/classify/adapter_base.h"

namespace yupu::app {

// In order of construction; destroyed in reverse.
struct Models {
  serving::Metrics metrics;
  std::unique_ptr<engine::ExecutionContext> engine_context;
  tasks::BaseCache bases;
  std::unique_ptr<serving::AdapterPool> pool;  // models in flight hold pins of it; null: no adapters
  std::unique_ptr<serving::EngineWorker> engine;
  std::unique_ptr<serving::ModelHost> host;
  std::unique_ptr<serving::ReleaseWatcher> watcher;

  // Errors: no live release of the strategy yet; a folder that is no model.
  Status open(store::Store& store, const Clock& clock, const LiveServerOptions& options);
  void stop();

 private:
  void open_adapters(const Clock& clock, const LiveServerOptions& options);
};

}  // namespace yupu::app
