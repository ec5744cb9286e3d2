// One thread owns the engine; everybody else hands it encoded texts through a bounded queue.
//
//   request thread: run() -> queue of texts -> batch of one group within a token budget -> logits -> run() returns
//
// Dynamic batching: an idle engine starts at once with whatever waits; while it works, the next batch gathers. The cost
// of a text is its tokens (batches are packed, so no padding is ever paid for). Texts are taken in order of arrival;
// those of another
// batch group than the oldest text's (TextModel::batch_group: many tenants' adapters of one base are one group) keep
// their place. Texts whose deadline has passed or whose client has
// gone are dropped before they cost anything. Who would wait longer than `wait_ms_max` for a place in a batch is
// refused at once (engine_wait.h). (After text-embeddings-inference's queue, restated for packed batches.) Threads:
// run() from any; models' logits() only on the owner thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <thread>
#include <vector>

#include "base/mutex.h"
#include "base/status.h"
#include "serving/engine_wait.h"
#include "serving/metrics.h"
#include "serving/text_model.h"

namespace yupu::serving {

struct EngineOptions {
  std::int64_t batch_tokens = 2048;         // budget of one batch; a longer text travels alone
  std::int64_t queue_tokens_max = 1 << 16;  // more waiting than this: kResourceExhausted
  std::int64_t wait_ms_max = 0;             // a longer wait than this: the same; 0: however long
};

struct EngineCall {
  std::shared_ptr<TextModel> model;
  std::vector<text::Encoding> texts;
  std::int64_t deadline_ns = 0;  // steady clock
  std::shared_ptr<const std::atomic<bool>> gone = nullptr;
  bool urgent = false;  // taken however many wait: of a model that is to replace another
};

struct EngineOutcome {
  std::vector<std::vector<float>> logits;  // one row per text, in the order given
  std::int64_t queue_ns = 0;               // longest wait of a text
  std::int64_t engine_ns = 0;              // longest batch one of its texts travelled in
};

class EngineWorker {
 public:
  EngineWorker(Metrics& metrics, EngineOptions options);
  ~EngineWorker();  // stop()
  EngineWorker(const EngineWorker&) = delete;
  EngineWorker& operator=(const EngineWorker&) = delete;

  // Waits for the logits. Outcomes: kResourceExhausted (queue full or too slow, at once), kUnavailable (deadline
  // passed, client gone, stopped), and what the model answers.
  Result<EngineOutcome> run(EngineCall call);

  // Refuses what waits, finishes the batch in work, joins.
  void stop();

 private:
  struct Job;
  struct Item {
    std::shared_ptr<Job> job;
    std::size_t index = 0;
    std::int64_t tokens = 0;
    std::int64_t queued_ns = 0;
  };
  // The queue has no room for so many more tokens, or too long a wait.
  Status refusal(std::int64_t tokens, std::int64_t now_ns) YUPU_REQUIRES(mutex_);
  void work();
  std::vector<Item> next_batch() YUPU_REQUIRES(mutex_);
  void run_batch(std::vector<Item>& batch);
  void drop_if_useless(const Item& item, std::int64_t now_ns, bool& dropped);

  Metrics& metrics_;
  const EngineOptions options_;
  Mutex mutex_;
  Condition wake_;
  std::deque<Item> queue_ YUPU_GUARDED_BY(mutex_);
  std::int64_t queue_tokens_ YUPU_GUARDED_BY(mutex_) = 0;
  EngineWait wait_ YUPU_GUARDED_BY(mutex_);
  bool stopping_ YUPU_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace yupu::serving
