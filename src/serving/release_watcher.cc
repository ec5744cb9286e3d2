#include "serving/release_watcher.h"

#include <chrono>
#include <optional>
#include <utility>

#include "base/log.h"
#include "handoff/record.h"
#include "handoff/types.h"

namespace yupu::serving {

ReleaseResolver store_resolver(store::Store& store, std::string workdir) {
  return [&store, workdir = std::move(workdir)](const std::string& release_id) -> Result<ReleaseFiles> {
    YUPU_ASSIGN_OR_RETURN(const handoff::Record record, handoff::get_record(store, release_id));
    if (record.kind != "release") return invalid_argument("record " + release_id + " is a " + record.kind);
    YUPU_ASSIGN_OR_RETURN(const handoff::Release release, handoff::Release::from_json(record.body));
    return ReleaseFiles{.directory = workdir + "/" + release.model_directory, .weights_sha256 = release.weights_sha256};
  };
}

ReleaseWatcher::ReleaseWatcher(const Clock& clock, store::Store& store, ModelHost& host, ReleaseResolver resolver)
    : clock_(clock), store_(store), host_(host), resolver_(std::move(resolver)) {}

ReleaseWatcher::~ReleaseWatcher() { stop(); }

Status ReleaseWatcher::check_model(const std::string& name) {
  YUPU_ASSIGN_OR_RETURN(const std::optional<handoff::LiveChange> live, handoff::live_release(store_, name));
  if (!live) return not_found("model " + name + " has no live release");
  const auto current = host_.find(name);
  if (current != nullptr && current->release_id == live->release_id) return {};
  const auto refused = refused_.find(name);
  if (refused != refused_.end() && refused->second.sequence == live->sequence &&
      clock_.monotonic_ns() < refused->second.retry_ns) {
    return unavailable("release " + live->release_id + " of model " + name + " was refused a moment ago");
  }
  const Result<ReleaseFiles> files = resolver_(live->release_id);
  Status status = files.status();
  if (status.ok()) {
    status = host_.load(name, live->release_id, files->directory, files->weights_sha256);
  } else {
    log::error("release_refused", {{"name", name}, {"release", live->release_id}, {"why", status.message()}});
  }
  if (status.ok()) {
    refused_.erase(name);
  } else {
    refused_[name] = {.sequence = live->sequence, .retry_ns = clock_.monotonic_ns() + kRetryNs};
  }
  return status;
}

Status ReleaseWatcher::check() {
  MutexLock lock(check_mutex_);
  Status first;
  for (const std::string& name : host_.expected()) {
    Status status = check_model(name);
    if (first.ok()) first = std::move(status);
  }
  return first;
}

void ReleaseWatcher::start(int poll_ms) {
  thread_ = std::thread([this, poll_ms] {
    while (true) {
      {
        MutexLock lock(mutex_);
        if (!look_now_ && !stopping_) wake_.wait_for(mutex_, std::chrono::milliseconds(poll_ms));
        if (stopping_) return;
        look_now_ = false;
      }
      // A refusal is logged where it happens; a store that cannot be read now is read again in a moment.
      if (const Status status = check(); status.code() == Code::kInternal) {
        log::warn("release_check_failed", {{"why", status.message()}});
      }
    }
  });
}

void ReleaseWatcher::notify() {
  {
    MutexLock lock(mutex_);
    look_now_ = true;
  }
  wake_.notify_all();
}

void ReleaseWatcher::stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

}  // namespace yupu::serving
