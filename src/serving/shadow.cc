#include "serving/shadow.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/background.h"
#include "base/log.h"
#include "handoff/record.h"
#include "handoff/types.h"
#include "text/personal/mask.h"

namespace yupu::serving {
namespace {

constexpr std::size_t kBatch = 16;                // calls read at a time
constexpr std::size_t kFreshMost = 4096;          // reads held while the store is away
constexpr std::chrono::milliseconds kLook{1000};  // between looks at the store

Result<handoff::ShadowVerdict> verdict_of_row(const ModelCard& card, const std::vector<float>& row) {
  if (row.size() != card.row_width()) return internal_error("the candidate gives rows of another width");
  const bool are_numbers = std::all_of(row.begin(), row.end(), [](float score) { return std::isfinite(score); });
  if (!are_numbers) return internal_error("the candidate's scores are not numbers");
  return verdict_of(card, scored_text(card, row));
}

}  // namespace

handoff::ShadowVerdict verdict_of(const ModelCard& card, const ScoredText& scored) {
  handoff::ShadowVerdict verdict{.decision = std::string(decision_of(card, scored))};
  if (!scored.ranked.empty()) {
    verdict.label = scored.ranked.front().label;
    verdict.score = scored.ranked.front().score;
  }
  return verdict;
}

ReleaseResolver candidate_resolver(store::Store& store, std::string workdir) {
  return [&store, releases = store_resolver(store, workdir), workdir](const std::string& id) -> Result<ReleaseFiles> {
    YUPU_ASSIGN_OR_RETURN(const handoff::Record record, handoff::get_record(store, id));
    if (record.kind != "run") return releases(id);
    YUPU_ASSIGN_OR_RETURN(const handoff::Run run, handoff::Run::from_json(record.body));
    return ReleaseFiles{.directory = workdir + "/" + run.model_directory, .weights_sha256 = run.weights_sha256};
  };
}

Shadow::Shadow(const Clock& clock, store::Store& store, ModelLoader loader, ReleaseResolver resolver,
               ShadowOptions options)
    : clock_(clock),
      store_(store),
      loader_(std::move(loader)),
      resolver_(std::move(resolver)),
      options_(std::move(options)) {}

Shadow::~Shadow() { stop(); }

// A lock that is held is not waited for: whoever holds it may be waiting for the processor that this request needs.
void Shadow::offer(Call call) {
  const std::unique_lock<std::mutex> lock(mutex_.native(), std::try_to_lock);
  if (!lock.owns_lock() || waiting_.size() >= options_.queue_calls_max) {
    dropped_.fetch_add(1, std::memory_order_relaxed);
    totals_.dropped.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  waiting_.push_back(std::move(call));
}

void Shadow::close() {
  is_reading_ = false;
  candidate_.reset();
  candidate_id_.clear();
  fresh_ = {};
  dropped_ = 0;
  MutexLock lock(mutex_);
  waiting_.clear();
}

void Shadow::open(const handoff::ShadowCandidate& candidate) {
  candidate_id_ = candidate.candidate_id;
  retry_ns_ = clock_.monotonic_ns() + kRetryNs;
  const auto opened = [&]() -> Result<std::unique_ptr<TextModel>> {
    YUPU_ASSIGN_OR_RETURN(const ReleaseFiles files, resolver_(candidate_id_));
    YUPU_ASSIGN_OR_RETURN(std::unique_ptr<TextModel> model, loader_(files.directory));
    if (model->card().kind() != ModelCard::Kind::kScores || model->card().labels.empty())
      return invalid_argument(files.directory + ": the candidate gives no labels");
    if (!files.weights_sha256.empty() && model->weights_sha256() != files.weights_sha256)
      return invalid_argument(files.directory + ": these are not the weights of " + candidate_id_);
    return model;
  };
  auto model = opened();
  const std::string problem = model.ok() ? std::string() : model.status().message();
  if (model.ok()) {
    candidate_ = std::move(model).value();
    is_reading_ = true;
    log::info("shadow_reads", {{"model", options_.model}, {"candidate", candidate_id_}});
  } else {
    log::error("shadow_refused", {{"model", options_.model}, {"candidate", candidate_id_}, {"why", problem}});
  }
  if (problem == candidate.problem) return;
  if (const Status told = handoff::set_shadow_problem(store_, options_.model, candidate_id_, problem); !told.ok())
    log::warn("shadow_not_told", {{"why", told.message()}});
}

Status Shadow::look() {
  YUPU_ASSIGN_OR_RETURN(const auto wanted, handoff::shadow_candidate(store_, options_.model));
  if (!wanted) {
    if (!candidate_id_.empty()) close();
    return ok_status();
  }
  YUPU_ASSIGN_OR_RETURN(const bool answers, handoff::is_live(store_, options_.model, wanted->candidate_id));
  if (answers) {  // it has been made live meanwhile
    close();
    return handoff::end_shadow(store_, options_.model).status();
  }
  if (wanted->candidate_id != candidate_id_) {
    close();
    open(*wanted);
  } else if (candidate_ == nullptr && clock_.monotonic_ns() >= retry_ns_) {
    open(*wanted);
  }
  return ok_status();
}

void Shadow::read_batch(std::deque<Call> calls) {
  std::vector<BatchText> texts;
  texts.reserve(calls.size());
  for (const Call& call : calls) {
    texts.push_back({candidate_.get(), candidate_->encode(text::mask_personal_data(call.text, options_.mask_read))});
  }
  Result<std::vector<std::vector<float>>> rows = internal_error("the candidate failed");
  try {
    rows = candidate_->logits(texts);
  } catch (const std::exception& error) {
    rows = Status(Code::kResourceExhausted, std::string("the candidate failed: ") + error.what());
  }
  if (rows.ok() && rows->size() != calls.size()) rows = internal_error("the candidate answered for another batch");
  if (!rows.ok()) {
    log::warn("shadow_failed", {{"candidate", candidate_id_}, {"why", rows.status().message()}});
    fresh_.failed_count += static_cast<std::int64_t>(calls.size());
    totals_.failed += static_cast<std::int64_t>(calls.size());
    return;
  }
  for (std::size_t i = 0; i < calls.size(); ++i) {
    Result<handoff::ShadowVerdict> said = verdict_of_row(candidate_->card(), (*rows)[i]);
    if (!said.ok() || fresh_.reads.size() >= kFreshMost) {
      ++fresh_.failed_count;
      ++totals_.failed;
      continue;
    }
    Call& call = calls[i];
    ++(handoff::is_changed(call.live, *said) ? totals_.differed : totals_.agreed);
    fresh_.reads.push_back({.tenant_id = std::move(call.tenant_id),
                            .trace_id = std::move(call.trace_id),
                            .release_id = std::move(call.release_id),
                            .live = std::move(call.live),
                            .candidate = std::move(said).value()});
  }
}

std::size_t Shadow::read() {
  std::deque<Call> calls;
  {
    MutexLock lock(mutex_);
    while (!waiting_.empty() && calls.size() < kBatch) {
      calls.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
  }
  const std::size_t count = calls.size();
  if (count > 0 && candidate_ != nullptr) read_batch(std::move(calls));
  return count;
}

Status Shadow::keep() {
  fresh_.dropped_count += dropped_.exchange(0);
  if (candidate_id_.empty()) fresh_ = {};
  if (fresh_.reads.empty() && fresh_.dropped_count == 0 && fresh_.failed_count == 0) return ok_status();
  YUPU_RETURN_IF_ERROR(handoff::keep_shadow(store_, options_.model, candidate_id_, fresh_, clock_.now_ns()));
  fresh_ = {};
  return ok_status();
}

void Shadow::work() {
  lower_thread_priority("shadow_priority");
  auto next_look = std::chrono::steady_clock::now();
  while (true) {
    if (std::chrono::steady_clock::now() >= next_look) {
      Status status = keep();
      if (status.ok()) status = look();
      if (!status.ok()) log::warn("shadow_waits", {{"why", status.message()}});
      next_look = std::chrono::steady_clock::now() + kLook;
    }
    const std::size_t count = read();
    MutexLock lock(mutex_);
    if (stopping_) return;
    // Nobody wakes it when a call comes: a request has better to do. It looks by itself.
    if (count == 0) wake_.wait_for(mutex_, is_reading_ ? kLook / 20 : kLook);
    if (stopping_) return;
  }
}

void Shadow::start() {
  thread_ = std::thread([this] { work(); });
}

void Shadow::stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (!thread_.joinable()) return;
  thread_.join();
  if (const Status kept = keep(); !kept.ok()) log::warn("shadow_not_kept", {{"why", kept.message()}});
}

std::string Shadow::metrics() const {
  std::string out;
  const auto counter = [&](std::string_view name, std::string_view help, std::int64_t value) {
    out += fmt::format("# HELP {0} {1}\n# TYPE {0} counter\n{0} {2}\n", name, help, value);
  };
  const std::int64_t agreed = totals_.agreed, differed = totals_.differed;
  counter("serving_shadow_read_total", "calls that a candidate has read beside the live release", agreed + differed);
  counter("serving_shadow_agreed_total", "of these, decided as the live release did", agreed);
  counter("serving_shadow_differed_total", "of these, decided otherwise", differed);
  counter("serving_shadow_failed_total", "calls that a candidate could not read", totals_.failed);
  counter("serving_shadow_dropped_total", "calls that a candidate had no time for", totals_.dropped);
  return out;
}

}  // namespace yupu::serving
