#include "strategy/monitor_sentiment.h"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/log.h"
#include "handoff/live_release.h"
#include "products/monitor/sentiment/scoring.h"
#include "serving/release_watcher.h"

namespace yupu::strategy {
namespace {

constexpr std::size_t kRecordBytesMax = 16 << 20;
constexpr std::size_t kHashDigits = 12;

// A directory that is trained anew is another release: yupu.json says from what it was made, config.json stands for it
// where another library wrote the model.
Result<std::string> release_of_directory(const std::string& written, const std::string& directory) {
  auto record = read_file(directory + "/yupu.json", kRecordBytesMax);
  if (!record.ok()) record = read_file(directory + "/config.json", kRecordBytesMax);
  if (!record.ok()) return record.status().with_context("[monitor.sentiment] directory");
  return fmt::format("directory:{}@{}", written, sha256_hex(*record).substr(0, kHashDigits));
}

}  // namespace

Result<MonitorSentiment::Place> MonitorSentiment::live() const {
  const MonitorSentimentPlan& plan = *strategy_.monitor->sentiment;
  if (!plan.directory.empty()) {
    const std::string directory = strategy_.resolve(plan.directory);
    YUPU_ASSIGN_OR_RETURN(std::string release, release_of_directory(plan.directory, directory));
    return Place{.release = std::move(release), .directory = directory};
  }
  YUPU_ASSIGN_OR_RETURN(const auto change, handoff::live_release(store_, plan.model));
  if (!change)
    return not_found(
        fmt::format("[monitor.sentiment]: no release of model '{}' is live in this working folder; "
                    "`yupu run` of its strategy makes one, `yupu models list` names those that are",
                    plan.model));
  YUPU_ASSIGN_OR_RETURN(const serving::ReleaseFiles files,
                        serving::store_resolver(store_, workdir_)(change->release_id));
  return Place{.release = change->release_id, .directory = files.directory};
}

Result<std::unique_ptr<MonitorSentiment>> MonitorSentiment::open(store::Store& store, const Clock& clock,
                                                                 const Strategy& strategy, std::string workdir,
                                                                 ScorerLoader loader) {
  std::unique_ptr<MonitorSentiment> sentiment(
      new MonitorSentiment(store, clock, strategy, std::move(workdir), std::move(loader)));
  YUPU_ASSIGN_OR_RETURN(const Place place, sentiment->live());
  YUPU_ASSIGN_OR_RETURN(auto scorer, sentiment->loader_(place.directory, place.release));
  YUPU_ASSIGN_OR_RETURN(const auto counted, monitor::counted_model(store, strategy.name));
  bool is_former_gone = !counted.has_value();  // nothing is counted by a model yet: this one is written down now
  std::shared_ptr<monitor::SentimentScorer> former;
  if (counted && counted->release != place.release) {
    const auto files = serving::store_resolver(store, sentiment->workdir_)(counted->release);
    if (files.ok()) {
      auto opened = sentiment->loader_(files->directory, counted->release);
      if (opened.ok()) former = std::move(opened).value();
    }
    is_former_gone = former == nullptr;
  }
  if (former != nullptr) {
    sentiment->next_ = std::move(scorer);
    scorer = std::move(former);
  }
  {
    MutexLock lock(sentiment->mutex_);
    sentiment->current_ = std::move(scorer);
  }
  while (is_former_gone) {
    YUPU_ASSIGN_OR_RETURN(const monitor::Rescored rescored, sentiment->look(0));
    sentiment->at_open_.scored += rescored.scored;
    sentiment->at_open_.changed += rescored.changed;
    is_former_gone = !rescored.done;
  }
  return sentiment;
}

std::shared_ptr<monitor::SentimentScorer> MonitorSentiment::current() {
  MutexLock lock(mutex_);
  return current_;
}

std::string MonitorSentiment::release() { return current()->release(); }

Status MonitorSentiment::score(std::vector<monitor::ReadyDocument>& documents) {
  const auto scorer = current();  // of the whole batch, whatever goes live meanwhile
  return monitor::score_documents(documents, strategy_.monitor->topics, *scorer);
}

Status MonitorSentiment::follow() {
  YUPU_ASSIGN_OR_RETURN(const Place place, live());
  const std::string scoring = next_ != nullptr ? next_->release() : release();
  if (place.release == scoring) return ok_status();
  if (place.release == release()) {  // rolled back before it had caught up
    next_ = nullptr;
    return ok_status();
  }
  if (place.release == refused_ && clock_.monotonic_ns() < retry_ns_) return ok_status();
  auto opened = loader_(place.directory, place.release);
  if (!opened.ok()) {
    refused_ = place.release;
    retry_ns_ = clock_.monotonic_ns() + kRetryNs;
    log::error("monitor_model_refused", {{"release", place.release}, {"why", opened.status().message()}});
    return ok_status();
  }
  log::info("monitor_model_loaded", {{"release", place.release}});
  next_ = std::move(opened).value();
  return ok_status();
}

Result<monitor::Rescored> MonitorSentiment::look(std::int64_t budget_ns) {
  YUPU_RETURN_IF_ERROR(follow());
  const std::shared_ptr<monitor::SentimentScorer> scorer = next_ != nullptr ? next_ : current();
  const std::int64_t end_ns = clock_.monotonic_ns() + budget_ns;
  monitor::Rescored all;
  do {
    YUPU_ASSIGN_OR_RETURN(const monitor::Rescored some,
                          monitor::rescore_some(store_, strategy_.name, strategy_.monitor->topics, *scorer,
                                                kSliceDocuments, clock_.now_ns()));
    all.scored += some.scored;
    all.changed += some.changed;
    all.done = some.done;
  } while (!all.done && clock_.monotonic_ns() < end_ns);
  if (!all.done || next_ == nullptr) return all;
  log::info("monitor_model_counts", {{"release", scorer->release()}, {"mentions_changed", all.changed}});
  next_ = nullptr;
  MutexLock lock(mutex_);
  current_ = scorer;
  return all;
}

}  // namespace yupu::strategy
