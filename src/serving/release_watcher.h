// Follows table live_release: after `yupu models promote` or `rollback`, in this process or another, the host serves
// the named release. A release that is refused is tried again when live_release changes, or after kRetryNs. Threads:
// one thread of its own; every member from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <thread>

#include "base/mutex.h"
#include "handoff/live_release.h"
#include "serving/model_host.h"
#include "store/store.h"

namespace yupu::serving {

// Where a release's model lies.
struct ReleaseFiles {
  std::string directory;
  std::string weights_sha256;  // empty: not recorded
};
// Errors: kNotFound (no such release), kInvalidArgument (the record is something else).
using ReleaseResolver = std::function<Result<ReleaseFiles>(const std::string& release_id)>;

// Reads the release record and joins its directory to `workdir`.
ReleaseResolver store_resolver(store::Store& store, std::string workdir);

class ReleaseWatcher {
 public:
  static constexpr std::int64_t kRetryNs = 30'000'000'000;

  ReleaseWatcher(const Clock& clock, store::Store& store, ModelHost& host, ReleaseResolver resolver);
  ~ReleaseWatcher();  // stop()

  // Looks once, for every name the host expects. The first error; the other names are seen to all the same.
  // A name without a live release yet is kNotFound.
  Status check();
  void start(int poll_ms = 500);
  void notify();  // look now
  void stop();

 private:
  struct Refused {
    std::int64_t sequence = 0;
    std::int64_t retry_ns = 0;
  };
  Status check_model(const std::string& name) YUPU_REQUIRES(check_mutex_);

  const Clock& clock_;
  store::Store& store_;
  ModelHost& host_;
  const ReleaseResolver resolver_;
  Mutex check_mutex_;
  std::map<std::string, Refused> refused_ YUPU_GUARDED_BY(check_mutex_);
  Mutex mutex_;
  Condition wake_;
  bool look_now_ YUPU_GUARDED_BY(mutex_) = false;
  bool stopping_ YUPU_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace yupu::serving
