// Many tenants' adapters in a bounded memory: loaded when a request asks, dropped when others need the room.
//
//   request thread: acquire(name) -> resident: a pin, at once
//                                 -> cold: the load is queued, the caller waits for that load alone -> a pin
//   loader threads: open the directory, drop the longest unused adapters until it fits, publish
//
// Invariants
//  1. What is pinned (a request or a batch in flight holds it) is never dropped. A load that finds no room waits for
//     pins to end; it gives up when nobody waits for it any more.
//  2. The adapters that are resident or still pinned take at most bytes_max; while loading, each loader holds one more.
//  3. A failed load is its own tenant's error; it is remembered for retry_ns, or until the directory changes.
//  4. A directory that changed is loaded anew while the old model goes on answering; if the new one does not load, the
//     old one stays. So a tenant's release is a directory replaced, without a failed request.
// What adapters share, their base, is not counted: it belongs to whoever opens them.
// (Paging after S-LoRA, Sheng et al. 2023, arXiv:2311.03285, without its fixed pages: an adapter is one allocation
// unit.) Threads: every member from any thread. Destroyed after the last request has ended; pins may live longer.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/status.h"
#include "serving/metrics.h"
#include "serving/model_host.h"

namespace yupu::serving {

// Where adapters come from. Threads: any.
class AdapterSource {
 public:
  virtual ~AdapterSource() = default;
  // Changes when the adapter is written anew; empty: there is no such adapter. Cheap: asked on every call.
  virtual std::string stamp(std::string_view name) const = 0;
  virtual std::string directory(std::string_view name) const = 0;
  virtual Result<std::unique_ptr<TextModel>> open(const std::string& name) = 0;
};

// One folder, each adapter a directory in it.
std::unique_ptr<AdapterSource> folder_source(std::string folder, ModelLoader loader);

struct AdapterPoolOptions {
  std::int64_t bytes_max = std::int64_t{1} << 30;
  int loaders = 2;                // threads
  std::int64_t waiting_max = 32;  // calls that wait for a load: more than this is kResourceExhausted
  std::int64_t retry_ns = 5'000'000'000;
};

class AdapterPool {
 public:
  AdapterPool(const Clock& clock, Metrics& metrics, std::unique_ptr<AdapterSource> source, AdapterPoolOptions options);
  ~AdapterPool();  // stop()
  AdapterPool(const AdapterPool&) = delete;
  AdapterPool& operator=(const AdapterPool&) = delete;

  bool knows(std::string_view name) const { return !source_->stamp(name).empty(); }
  // A pinned model: it stays in memory while the pointer (or one that shares it) lives. Waits for a load at most until
  // the deadline (steady clock) or until the client has gone.
  // Outcomes  kNotFound: no such adapter; kResourceExhausted: too many wait, or it is larger than the memory;
  // kUnavailable: deadline, client gone, stopped; else why it does not load.
  using Pin = std::shared_ptr<const LoadedModel>;
  Result<Pin> acquire(const std::string& name, std::int64_t deadline_ns,
                      const std::shared_ptr<const std::atomic<bool>>& gone = nullptr);
  // Pinned when resident, else null.
  Pin find(std::string_view name);
  std::vector<std::string> resident() const;  // by last use, latest first
  std::int64_t bytes() const;                 // invariant 2
  // Refuses who waits, joins the loaders.
  void stop();

 private:
  struct Model;
  struct Slot;
  struct Shelf;

  void work();
  void load(const std::string& name);
  std::shared_ptr<Model> open(const std::string& name, Status& status);
  using Freed = std::vector<std::shared_ptr<const LoadedModel>>;
  static Pin pin(const std::shared_ptr<Shelf>& shelf, const std::shared_ptr<Model>& model);

  const Clock& clock_;
  Metrics& metrics_;
  const std::unique_ptr<AdapterSource> source_;
  const AdapterPoolOptions options_;
  const std::shared_ptr<Shelf> shelf_;  // shared with the pins
  std::vector<std::thread> loaders_;
};

}  // namespace yupu::serving
