// The candidate beside the live release (handoff/shadow.h), read with as calls come in:
//
//   request thread: the call is answered and kept -> offer() -> queue of calls, or dropped and counted
//   shadow's thread: read() -> the candidate's model -> both verdicts compared -> keep(), about once a second
//
// A request never waits for it: offer() copies a text into a bounded queue, or drops the call where the queue is full
// or held at that moment. The candidate has an engine, weights and a thread of its own, which runs at the lowest
// priority: it reads in what is left of the machine, and drops the more the less that is. A candidate that does not
// load or fails disturbs nobody; why stands in the store, and it is tried again after kRetryNs. Threads  offer(),
// is_reading() and metrics() from any; everything else from one: its own, once started.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/status.h"
#include "handoff/shadow.h"
#include "serving/model_host.h"
#include "serving/release_watcher.h"
#include "serving/text_model.h"
#include "store/store.h"
#include "text/personal/personal_data.h"

namespace yupu::serving {

// What a model says of a text by its own thresholds.
handoff::ShadowVerdict verdict_of(const ModelCard& card, const ScoredText& scored);

// Where a candidate's model lies: a run's or a release's. Errors: kNotFound, kInvalidArgument (another kind of record).
ReleaseResolver candidate_resolver(store::Store& store, std::string workdir);

struct ShadowOptions {
  std::string model;                   // whose candidates, and whose calls
  std::size_t queue_calls_max = 256;   // waiting calls
  text::PersonalKinds mask_read = {};  // as the live model reads (ServiceOptions)
};

class Shadow {
 public:
  static constexpr std::int64_t kRetryNs = 30'000'000'000;

  struct Call {
    std::string tenant_id;
    std::string trace_id;
    std::string release_id;  // that answered
    std::string text;        // as it was said: held until it is read, kept nowhere
    handoff::ShadowVerdict live;
  };

  Shadow(const Clock& clock, store::Store& store, ModelLoader loader, ReleaseResolver resolver, ShadowOptions options);
  ~Shadow();  // stop()
  Shadow(const Shadow&) = delete;
  Shadow& operator=(const Shadow&) = delete;

  // Whether calls of this model are wanted.
  bool is_reading(std::string_view model) const { return is_reading_.load() && model == options_.model; }
  // Never waits.
  void offer(Call call) YUPU_NO_THREAD_SAFETY_ANALYSIS;

  // Follows table shadow_candidate: opens a new candidate, lets go of one that reads no more.
  Status look();
  // Reads some of the calls that wait: how many.
  std::size_t read();
  // Into the store, what was read since the last time.
  Status keep();

  void start();
  void stop();

  // What it has done since this process began, of all candidates, in Prometheus' text format. From any thread.
  std::string metrics() const;

 private:
  void open(const handoff::ShadowCandidate& candidate);
  void close();
  void read_batch(std::deque<Call> calls);
  void work();

  const Clock& clock_;
  store::Store& store_;
  const ModelLoader loader_;
  const ReleaseResolver resolver_;
  const ShadowOptions options_;
  std::atomic<bool> is_reading_{false};
  std::atomic<std::int64_t> dropped_{0};  // since the last keep()
  struct Totals {
    std::atomic<std::int64_t> agreed{0}, differed{0}, failed{0}, dropped{0};
  };
  Totals totals_;

  std::string candidate_id_;  // that is open, or was tried
  std::int64_t retry_ns_ = 0;
  std::unique_ptr<TextModel> candidate_;  // null: none
  handoff::ShadowReads fresh_;            // not in the store yet

  Mutex mutex_;
  Condition wake_;
  std::deque<Call> waiting_ YUPU_GUARDED_BY(mutex_);
  bool stopping_ YUPU_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace yupu::serving
