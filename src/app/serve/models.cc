#include "app/serve/models.h"

#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "serving/classifier_model.h"
#include "serving/embedder_model.h"
#include "strategy/strategy.h"

namespace yupu::app {
namespace {

constexpr std::size_t kBasesKept = 2;  // of adapters that are paged in, when none of theirs is in memory

}  // namespace

Status Models::open(store::Store& store, const Clock& clock, const LiveServerOptions& options) {
  std::vector<std::string> expected;
  if (options.strategy != nullptr) expected.push_back(options.strategy->name);
  engine_context = std::make_unique<engine::ExecutionContext>(options.engine_threads, options.precision);
  engine_context->set_packs_at_once(true);
  engine = std::make_unique<serving::EngineWorker>(metrics, serving::EngineOptions{.wait_ms_max = options.queue_ms});
  host = std::make_unique<serving::ModelHost>(clock, *engine, metrics,
                                              serving::text_model_loader(*engine_context, bases), expected);
  if (!options.adapters.empty()) open_adapters(clock, options);
  watcher =
      std::make_unique<serving::ReleaseWatcher>(clock, store, *host, serving::store_resolver(store, options.workdir));
  for (const auto& [name, directory] : options.directories) {
    YUPU_RETURN_IF_ERROR(
        host->load(name, "directory:" + directory, directory).with_context(fmt::format("model {}", name)));
  }
  return expected.empty() ? ok_status() : watcher->check();
}

void Models::open_adapters(const Clock& clock, const LiveServerOptions& options) {
  bases.keep(kBasesKept);
  auto source = serving::folder_source(options.adapters, serving::classifier_loader(*engine_context, bases));
  pool = std::make_unique<serving::AdapterPool>(
      clock, metrics, std::move(source), serving::AdapterPoolOptions{.bytes_max = options.adapter_memory_mb << 20});
  host->set_pool(*pool);
}

void Models::stop() {
  watcher->stop();
  if (pool != nullptr) pool->stop();
  engine->stop();
}

}  // namespace yupu::app
