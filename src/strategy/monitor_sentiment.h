// The model of [monitor.sentiment] while the monitor runs: whoever reads documents scores them by it; when another
// release goes live, what is stored is scored by that first and then all at once counted by it (products/monitor/
// sentiment/rescore.h).
//
//   current   scores what comes in                next   is live, and scores what is stored; then it is the current one
//
// Threads  score() any; look() one at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/status.h"
#include "products/monitor/sentiment/rescore.h"
#include "products/monitor/sentiment/scorer.h"
#include "store/store.h"
#include "strategy/strategy.h"

namespace yupu::strategy {

// Opens the model of a directory; what it scores is kept under `release`.
using ScorerLoader = std::function<Result<std::shared_ptr<monitor::SentimentScorer>>(const std::string& directory,
                                                                                     const std::string& release)>;

class MonitorSentiment {
 public:
  static constexpr std::int64_t kRetryNs = 30'000'000'000;  // after a release that could not be loaded
  static constexpr std::int64_t kSliceDocuments = 32;

  // REQUIRES: the strategy has [monitor.sentiment]; all outlive it.
  // The release that is counted scores on until a newer one has caught up; where it cannot be opened any more, what is
  // stored is scored anew before anything else.
  // Errors: kNotFound: no release of that name is live; those of loading, of the store.
  static Result<std::unique_ptr<MonitorSentiment>> open(store::Store& store, const Clock& clock,
                                                        const Strategy& strategy, std::string workdir,
                                                        ScorerLoader loader);

  // For PushOptions and SourcePolls.
  Status score(std::vector<monitor::ReadyDocument>& documents);
  // Follows the live release, and re-scores for about budget_ns. A release that cannot be loaded is logged and tried
  // again later: the current one scores on.
  Result<monitor::Rescored> look(std::int64_t budget_ns);
  std::string release();                                         // of the current one
  const monitor::Rescored& at_open() const { return at_open_; }  // what open() had to score anew

 private:
  struct Place {
    std::string release, directory;
  };
  MonitorSentiment(store::Store& store, const Clock& clock, const Strategy& strategy, std::string workdir,
                   ScorerLoader loader)
      : store_(store), clock_(clock), strategy_(strategy), workdir_(std::move(workdir)), loader_(std::move(loader)) {}
  Result<Place> live() const;
  Status follow();
  std::shared_ptr<monitor::SentimentScorer> current();

  store::Store& store_;
  const Clock& clock_;
  const Strategy& strategy_;
  const std::string workdir_;
  const ScorerLoader loader_;
  std::shared_ptr<monitor::SentimentScorer> next_;  // look() alone
  monitor::Rescored at_open_;
  std::string refused_;
  std::int64_t retry_ns_ = 0;
  Mutex mutex_;
  std::shared_ptr<monitor::SentimentScorer> current_ YUPU_GUARDED_BY(mutex_);
};

}  // namespace yupu::strategy
