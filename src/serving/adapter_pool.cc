#include "serving/adapter_pool.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "base/log.h"

namespace yupu::serving {
namespace {

constexpr std::chrono::milliseconds kLookForGone{100};

std::int64_t steady_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

// One loaded version of an adapter.
struct AdapterPool::Model {
  std::shared_ptr<const LoadedModel> loaded;
  std::int64_t bytes = 0;
  std::int64_t pins = 0;
  bool resident = true;  // false: replaced; gone with its last pin
};

// What is known of one name.
struct AdapterPool::Slot {
  std::shared_ptr<Model> model;  // null: not resident
  std::string stamp;             // of `model`
  std::list<std::string>::iterator used;
  bool loading = false;
  std::int64_t waiting = 0;  // callers
  // The last load that failed.
  Status error;
  std::string error_stamp;
  std::int64_t error_ns = 0;
};

// What pins need when the pool is gone.
struct AdapterPool::Shelf {
  Mutex mutex;
  Condition changed;  // a load ended, a pin ended, stop
  Condition work;     // the queue has names, stop
  std::map<std::string, Slot, std::less<>> slots YUPU_GUARDED_BY(mutex);
  std::list<std::string> by_use YUPU_GUARDED_BY(mutex);  // resident names, latest use first
  std::deque<std::string> queue YUPU_GUARDED_BY(mutex);
  std::int64_t bytes YUPU_GUARDED_BY(mutex) = 0;
  std::int64_t waiting YUPU_GUARDED_BY(mutex) = 0;
  bool stopping YUPU_GUARDED_BY(mutex) = false;

  void unpin(const std::shared_ptr<Model>& model) {
    std::shared_ptr<const LoadedModel> last;  // freed when the lock is gone
    MutexLock lock(mutex);
    if (--model->pins == 0) {
      if (!model->resident) {
        bytes -= model->bytes;
        last = std::move(model->loaded);
      }
      changed.notify_all();
    }
  }

  void touch(Slot& slot) YUPU_REQUIRES(mutex) { by_use.splice(by_use.begin(), by_use, slot.used); }

  // Takes the model of a slot away; what is to be freed once the lock is gone.
  std::shared_ptr<const LoadedModel> drop(Slot& slot) YUPU_REQUIRES(mutex) {
    const std::shared_ptr<Model> model = std::move(slot.model);
    slot.model = nullptr;
    by_use.erase(slot.used);
    model->resident = false;
    if (model->pins > 0) return nullptr;
    bytes -= model->bytes;
    return std::move(model->loaded);
  }

  void enqueue(const std::string& name, Slot& slot) YUPU_REQUIRES(mutex) {
    slot.loading = true;
    queue.push_back(name);
    work.notify_one();
  }

  // The longest unused that nobody holds or is about to, but `name`; end() when there is none.
  std::map<std::string, Slot, std::less<>>::iterator victim_for(const std::string& name) YUPU_REQUIRES(mutex) {
    for (auto other = by_use.rbegin(); other != by_use.rend(); ++other) {
      const auto held = slots.find(*other);
      if (held->second.model->pins == 0 && held->second.waiting == 0 && *other != name) return held;
    }
    return slots.end();
  }

  // Room for `needed` bytes among bytes_max, waited for.  False: there is none, and nobody waits for it any more.
  // `freed` is for the caller to drop when the lock is gone.
  bool make_room(const std::string& name, std::int64_t needed, std::int64_t bytes_max, Metrics& metrics, Freed& freed)
      YUPU_REQUIRES(mutex) {
    Slot& slot = slots[name];
    while (bytes + needed > bytes_max) {
      if (const auto victim = victim_for(name); victim != slots.end()) {
        freed.push_back(drop(victim->second));
        metrics.count_adapter_eviction();
      } else if (slot.model != nullptr && slot.model->pins == 0) {
        freed.push_back(drop(slot));  // the version before goes anyway
      } else if (stopping || (slot.waiting == 0 && slot.model == nullptr)) {
        return false;
      } else {
        changed.wait_for(mutex, kLookForGone);
      }
    }
    return true;
  }
};

AdapterPool::AdapterPool(const Clock& clock, Metrics& metrics, std::unique_ptr<AdapterSource> source,
                         AdapterPoolOptions options)
    : clock_(clock),
      metrics_(metrics),
      source_(std::move(source)),
      options_(options),
      shelf_(std::make_shared<Shelf>()) {
  for (int i = 0; i < options_.loaders; ++i) loaders_.emplace_back([this] { work(); });
}

AdapterPool::~AdapterPool() { stop(); }

void AdapterPool::stop() {
  {
    MutexLock lock(shelf_->mutex);
    shelf_->stopping = true;
  }
  shelf_->work.notify_all();
  shelf_->changed.notify_all();
  for (std::thread& loader : loaders_) {
    if (loader.joinable()) loader.join();
  }
}

// REQUIRES: shelf->mutex is held by the caller.
AdapterPool::Pin AdapterPool::pin(const std::shared_ptr<Shelf>& shelf, const std::shared_ptr<Model>& model) {
  ++model->pins;
  return {model->loaded.get(), [shelf, model](const LoadedModel*) { shelf->unpin(model); }};
}

AdapterPool::Pin AdapterPool::find(std::string_view name) {
  MutexLock lock(shelf_->mutex);
  const auto found = shelf_->slots.find(name);
  if (found == shelf_->slots.end() || found->second.model == nullptr) return nullptr;
  return pin(shelf_, found->second.model);
}

Result<AdapterPool::Pin> AdapterPool::acquire(const std::string& name, std::int64_t deadline_ns,
                                              const std::shared_ptr<const std::atomic<bool>>& gone) {
  const std::string stamp = source_->stamp(name);
  if (stamp.empty()) return not_found(fmt::format("no adapter '{}'", name));
  MutexLock lock(shelf_->mutex);
  Slot& slot = shelf_->slots[name];  // stays where it is; erased by nobody while `waiting` or `loading`
  if (slot.model != nullptr) {
    shelf_->touch(slot);
    const bool refused = slot.error_stamp == stamp;
    if (slot.stamp != stamp && !slot.loading && !refused && !shelf_->stopping) shelf_->enqueue(name, slot);
    return pin(shelf_, slot.model);
  }
  if (!slot.loading) {
    const bool failed_now = slot.error_stamp == stamp && clock_.monotonic_ns() - slot.error_ns < options_.retry_ns;
    if (failed_now) return slot.error;
    if (shelf_->waiting >= options_.waiting_max) {
      metrics_.count_refusal("adapter_loads_full");
      return Status(Code::kResourceExhausted, "too many adapters are being loaded; try again shortly");
    }
    if (shelf_->stopping) return unavailable("the server is shutting down");
    slot.error = {};
    shelf_->enqueue(name, slot);
  } else if (shelf_->waiting >= options_.waiting_max) {
    metrics_.count_refusal("adapter_loads_full");
    return Status(Code::kResourceExhausted, "too many calls wait for adapters; try again shortly");
  }
  ++shelf_->waiting;
  ++slot.waiting;
  Status status;
  while (status.ok() && slot.model == nullptr && slot.loading) {
    const std::int64_t left_ns = deadline_ns - steady_ns();
    if (shelf_->stopping) {
      status = unavailable("the server is shutting down");
    } else if (left_ns <= 0) {
      metrics_.count_refusal("deadline");
      status = unavailable(fmt::format("adapter '{}' was not loaded in time; try again shortly", name));
    } else if (gone != nullptr && gone->load(std::memory_order_relaxed)) {
      metrics_.count_refusal("client_gone");
      status = unavailable("the client has gone");
    } else {
      std::chrono::nanoseconds wait(left_ns);
      if (gone != nullptr) wait = std::min<std::chrono::nanoseconds>(wait, kLookForGone);
      shelf_->changed.wait_for(shelf_->mutex, wait);
    }
  }
  --shelf_->waiting;
  --slot.waiting;
  if (!status.ok()) {
    shelf_->changed.notify_all();  // a loader that seeks room may now do so for nobody
    return status;
  }
  if (slot.model == nullptr) return slot.error;
  shelf_->touch(slot);
  return pin(shelf_, slot.model);
}

void AdapterPool::work() {
  while (true) {
    std::string name;
    {
      MutexLock lock(shelf_->mutex);
      while (shelf_->queue.empty() && !shelf_->stopping) shelf_->work.wait(shelf_->mutex);
      if (shelf_->stopping) {
        for (const std::string& left : shelf_->queue) shelf_->slots[left].loading = false;
        shelf_->queue.clear();
        return;
      }
      name = std::move(shelf_->queue.front());
      shelf_->queue.pop_front();
    }
    load(name);
  }
}

std::shared_ptr<AdapterPool::Model> AdapterPool::open(const std::string& name, Status& status) {
  Result<std::unique_ptr<TextModel>> opened = source_->open(name);
  status = opened.status();
  if (!status.ok()) return nullptr;
  auto loaded = std::make_shared<LoadedModel>();
  loaded->name = name;
  loaded->directory = source_->directory(name);
  loaded->release_id = "directory:" + loaded->directory;
  loaded->loaded_ns = clock_.now_ns();
  loaded->model = std::move(opened).value();
  auto fresh = std::make_shared<Model>();
  fresh->bytes = static_cast<std::int64_t>(loaded->model->own_bytes());
  fresh->loaded = std::move(loaded);
  if (fresh->bytes > options_.bytes_max) {
    status = Status(Code::kResourceExhausted, fmt::format("adapter '{}' takes {} bytes, the server has {} for all",
                                                          name, fresh->bytes, options_.bytes_max));
    return nullptr;
  }
  return fresh;
}

void AdapterPool::load(const std::string& name) {
  const std::int64_t begin_ns = clock_.monotonic_ns();
  const std::string stamp = source_->stamp(name);  // before it is read: what changes meanwhile is seen later
  Status status;
  std::shared_ptr<Model> fresh = open(name, status);
  const bool remembered = !status.ok();
  Freed freed;  // goes when the lock has gone
  MutexLock lock(shelf_->mutex);
  if (status.ok() && !shelf_->make_room(name, fresh->bytes, options_.bytes_max, metrics_, freed)) {
    status = unavailable(fmt::format("no room for adapter '{}' yet; try again shortly", name));
  }
  Slot& slot = shelf_->slots[name];
  slot.loading = false;
  if (status.ok()) {
    if (slot.model != nullptr) freed.push_back(shelf_->drop(slot));
    shelf_->by_use.push_front(name);
    slot.used = shelf_->by_use.begin();
    slot.model = fresh;
    slot.stamp = stamp;
    slot.error_stamp.clear();
    shelf_->bytes += fresh->bytes;
  } else {
    slot.error = status;
    slot.error_stamp = remembered ? stamp : std::string();
    slot.error_ns = clock_.monotonic_ns();
    log::error("adapter_refused", {{"name", name}, {"why", status.message()}});
  }
  metrics_.set_adapters_resident(static_cast<std::int64_t>(shelf_->by_use.size()), shelf_->bytes);
  metrics_.count_adapter_load(status.ok(), static_cast<double>(clock_.monotonic_ns() - begin_ns) / 1e6);
  shelf_->changed.notify_all();
}

std::vector<std::string> AdapterPool::resident() const {
  MutexLock lock(shelf_->mutex);
  return {shelf_->by_use.begin(), shelf_->by_use.end()};
}

std::int64_t AdapterPool::bytes() const {
  MutexLock lock(shelf_->mutex);
  return shelf_->bytes;
}

}  // namespace yupu::serving
