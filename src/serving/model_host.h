// The models that answer now, by name. A swap is one pointer: calls in flight finish on the model they began with, the
// next call takes the new one, none fails. A model that does not load or does not pass its probe is refused, and the
// old one goes on. Threads: every member from any thread; loads of one name one after the other.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/status.h"
#include "serving/engine_worker.h"
#include "serving/text_model.h"

namespace yupu::serving {

struct LoadedModel {
  std::string name;
  std::string release_id;
  std::string directory;
  std::int64_t loaded_ns = 0;
  std::shared_ptr<TextModel> model;
};

// Opens a model directory; errors name the file.
using ModelLoader = std::function<Result<std::unique_ptr<TextModel>>(const std::string& directory)>;

class AdapterPool;

class ModelHost {
 public:
  // `expected`: names that must be loaded before ready() is true.
  ModelHost(const Clock& clock, EngineWorker& engine, Metrics& metrics, ModelLoader loader,
            std::vector<std::string> expected);

  // Loads, compares the weights with `weights_sha256` (empty: any), probes (one text through the engine: as many finite
  // scores as labels), then publishes.
  Status load(const std::string& name, const std::string& release_id, const std::string& directory,
              const std::string& weights_sha256 = {});

  // Models that are not loaded by name but paged in when asked for; a loaded model of the same name goes first.
  // Before the first call; `pool` outlives the host's last call.
  void set_pool(AdapterPool& pool) { pool_ = &pool; }
  // The model, loaded by now if the pool has it: waits for that at most until the deadline (steady clock).
  // Outcomes  kNotFound: no such model; kUnavailable: it does not load, and why, or not in time; kResourceExhausted:
  // too many wait for loads.
  Result<std::shared_ptr<const LoadedModel>> acquire(const std::string& name, std::int64_t deadline_ns,
                                                     const std::shared_ptr<const std::atomic<bool>>& gone = nullptr);
  bool knows(std::string_view name) const;  // acquire() may give it

  std::shared_ptr<const LoadedModel> find(std::string_view name) const;  // nullptr: not in memory
  std::vector<std::shared_ptr<const LoadedModel>> list() const;          // by name; those in memory
  const std::vector<std::string>& expected() const { return expected_; }
  bool ready() const;

 private:
  Status probe(const std::shared_ptr<TextModel>& model);

  const Clock& clock_;
  EngineWorker& engine_;
  Metrics& metrics_;
  const ModelLoader loader_;
  const std::vector<std::string> expected_;
  AdapterPool* pool_ = nullptr;
  Mutex load_mutex_;  // one load at a time: two would need the memory of three models
  mutable Mutex mutex_;
  std::map<std::string, std::shared_ptr<const LoadedModel>, std::less<>> models_ YUPU_GUARDED_BY(mutex_);
};

}  // namespace yupu::serving
