#include "serving/engine_worker.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"

namespace yupu::serving {
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;

std::int64_t steady_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

// One call of run(). Filled by the owner thread, waited for by the caller; each holds a share, so that a caller that
// gave up does not leave the owner writing into nothing.
struct EngineWorker::Job {
  explicit Job(EngineCall c) : call(std::move(c)), left(call.texts.size()) { outcome.logits.resize(left); }

  // The first error counts; later results of the same job change nothing.
  void fail(Status status) {
    MutexLock lock(mutex);
    if (error.ok()) error = std::move(status);
    done = true;
    finished.notify_all();
  }
  bool failed() {
    MutexLock lock(mutex);
    return done;
  }

  EngineCall call;
  Mutex mutex;
  Condition finished;
  std::size_t left YUPU_GUARDED_BY(mutex);
  bool done YUPU_GUARDED_BY(mutex) = false;
  Status error YUPU_GUARDED_BY(mutex);
  EngineOutcome outcome YUPU_GUARDED_BY(mutex);
};

EngineWorker::EngineWorker(Metrics& metrics, EngineOptions options)
    : metrics_(metrics), options_(options), thread_([this] { work(); }) {}

EngineWorker::~EngineWorker() { stop(); }

void EngineWorker::stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

// Who finds nobody waiting is taken, whatever is in work.
Status EngineWorker::refusal(std::int64_t tokens, std::int64_t now_ns) {
  if (queue_tokens_ == 0) return {};
  if (queue_tokens_ + tokens > options_.queue_tokens_max) {
    metrics_.count_refusal("engine_queue_full");
    return {Code::kResourceExhausted, "the engine's queue is full; try again shortly"};
  }
  if (options_.wait_ms_max == 0 || wait_.expected_ns(now_ns, queue_tokens_) <= options_.wait_ms_max * kNsPerMs)
    return {};
  metrics_.count_refusal("engine_wait");
  return {Code::kResourceExhausted,
          fmt::format("the engine is busy for more than {} ms; try again shortly", options_.wait_ms_max)};
}

Result<EngineOutcome> EngineWorker::run(EngineCall call) {
  CHECK(call.model != nullptr && !call.texts.empty(), "an engine call needs a model and texts");
  auto job = std::make_shared<Job>(std::move(call));
  const std::int64_t now_ns = steady_ns();
  {
    MutexLock lock(mutex_);
    if (stopping_) return unavailable("the server is shutting down");
    std::int64_t tokens = 0;
    for (const text::Encoding& encoding : job->call.texts) tokens += static_cast<std::int64_t>(encoding.ids.size());
    if (!job->call.urgent) YUPU_RETURN_IF_ERROR(refusal(tokens, now_ns));
    for (std::size_t i = 0; i < job->call.texts.size(); ++i) {
      queue_.push_back({job, i, static_cast<std::int64_t>(job->call.texts[i].ids.size()), now_ns});
    }
    queue_tokens_ += tokens;
    metrics_.set_engine_waiting_tokens(queue_tokens_);
  }
  wake_.notify_one();

  MutexLock lock(job->mutex);
  while (!job->done) {
    const std::int64_t left_ns = job->call.deadline_ns - steady_ns();
    if (left_ns <= 0) {
      metrics_.count_refusal("deadline");
      return unavailable("the engine did not answer in time; try again shortly");
    }
    job->finished.wait_for(job->mutex, std::chrono::nanoseconds(left_ns));
  }
  if (!job->error.ok()) return job->error;
  return std::move(job->outcome);
}

void EngineWorker::drop_if_useless(const Item& item, std::int64_t now_ns, bool& dropped) {
  const EngineCall& call = item.job->call;
  dropped = true;
  if (item.job->failed()) return;
  if (call.gone != nullptr && call.gone->load(std::memory_order_relaxed)) {
    metrics_.count_refusal("client_gone");
    return item.job->fail(unavailable("the client has gone"));
  }
  // The waiting caller notices its deadline itself and counts it.
  if (call.deadline_ns <= now_ns) return item.job->fail(unavailable("the engine did not answer in time"));
  dropped = false;
}

std::vector<EngineWorker::Item> EngineWorker::next_batch() {
  std::vector<Item> batch;
  std::deque<Item> kept;
  const std::int64_t now_ns = steady_ns();
  std::int64_t tokens = 0;
  bool full = false;
  for (Item& item : queue_) {
    if (full) {
      kept.push_back(std::move(item));
      continue;
    }
    bool dropped = false;
    drop_if_useless(item, now_ns, dropped);
    if (dropped) {
      queue_tokens_ -= item.tokens;
      continue;
    }
    const void* const group = item.job->call.model->batch_group();
    const bool other_group = !batch.empty() && batch.front().job->call.model->batch_group() != group;
    if (other_group || (!batch.empty() && tokens + item.tokens > options_.batch_tokens)) {
      full = full || !other_group;  // nobody of the same group overtakes
      kept.push_back(std::move(item));
      continue;
    }
    tokens += item.tokens;
    batch.push_back(std::move(item));
  }
  queue_ = std::move(kept);
  queue_tokens_ -= tokens;
  metrics_.set_engine_waiting_tokens(queue_tokens_);
  if (tokens > 0) wait_.batch_began(now_ns, tokens);
  return batch;
}

void EngineWorker::run_batch(std::vector<Item>& batch) {
  const std::int64_t begin_ns = steady_ns();
  std::vector<BatchText> texts;
  std::set<const TextModel*> models;
  std::int64_t tokens = 0;
  for (Item& item : batch) {
    TextModel* const model = item.job->call.model.get();
    texts.push_back({model, std::move(item.job->call.texts[item.index])});  // its only reader is this thread
    models.insert(model);
    tokens += item.tokens;
  }
  Result<std::vector<std::vector<float>>> rows = internal_error("the engine failed");
  try {
    rows = batch.front().job->call.model->logits(texts);
  } catch (const std::exception& error) {
    rows = Status(Code::kResourceExhausted, std::string("the engine failed: ") + error.what());
  }
  const std::int64_t engine_ns = steady_ns() - begin_ns;
  metrics_.count_batch(static_cast<std::int64_t>(batch.size()), tokens, static_cast<std::int64_t>(models.size()));
  if (rows.ok() && rows->size() != batch.size()) rows = internal_error("the model answered for another batch");
  for (std::size_t i = 0; i < batch.size(); ++i) {
    Job& job = *batch[i].job;
    if (!rows.ok()) {
      job.fail(rows.status());
      continue;
    }
    MutexLock lock(job.mutex);
    if (job.done) continue;
    job.outcome.logits[batch[i].index] = std::move((*rows)[i]);
    job.outcome.queue_ns = std::max(job.outcome.queue_ns, begin_ns - batch[i].queued_ns);
    job.outcome.engine_ns = std::max(job.outcome.engine_ns, engine_ns);
    if (--job.left == 0) {
      job.done = true;
      job.finished.notify_all();
    }
  }
}

void EngineWorker::work() {
  while (true) {
    std::vector<Item> batch;
    {
      MutexLock lock(mutex_);
      while (queue_.empty() && !stopping_) wake_.wait(mutex_);
      if (stopping_) {
        for (const Item& item : queue_) item.job->fail(unavailable("the server is shutting down"));
        queue_.clear();
        return;
      }
      batch = next_batch();
    }
    if (batch.empty()) continue;
    run_batch(batch);
    MutexLock lock(mutex_);
    wait_.batch_ended(steady_ns());
    metrics_.set_engine_tokens_per_s(wait_.tokens_per_s());
  }
}

}  // namespace yupu::serving
