// A model of pairs (tasks/pairs/) that reads a user's last items beside a candidate: docs/recommend.md.
//   contexts  as many lists at a time as the machine has cores; others wait for one, at most until their deadline
//   deadline  looked at before every kPairsAtATime pairs: no more are begun than will be ready by then, if they take as
//             long as the last ones
//   cache     of the last scores: who comes again without having touched anything costs nothing
// The same pair has the same score, bit for bit, whatever else is asked.
// Threads  every member from any thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/mutex.h"
#include "base/status.h"
#include "engine/execution_context.h"
#include "products/recommend/methods/cross/pair_scorer.h"
#include "products/recommend/methods/cross/score_cache.h"
#include "tasks/pairs/pair_model.h"

namespace yupu::recommend {

inline constexpr std::size_t kPairsAtATime = 10;
inline constexpr std::size_t kScoresKept = 100'000;  // and up to as many again

class CrossEncoder final : public PairScorer {
 public:
  // `clock`: of the deadlines; null: the system's.  It must outlive it.
  // Outcomes  tasks::PairModel::load's; kInvalidArgument: classes none of which is the positive one.
  static Result<std::unique_ptr<CrossEncoder>> open(const std::string& directory, const Clock* clock = nullptr);

  const std::string& name() const override { return name_; }
  std::vector<std::optional<float>> scores(std::string_view query, std::span<const std::string_view> texts,
                                           std::int64_t deadline_ns) const override;

  const std::string& weights_sha256() const { return sha256_; }
  // Of the behaviour it has learned from, ns UTC; the smallest there is: it has learned from none that it says.
  std::int64_t end_ns() const;

 private:
  using Context = std::unique_ptr<engine::ExecutionContext>;
  CrossEncoder(std::unique_ptr<const tasks::PairModel> model, const Clock* clock);
  Context take(std::int64_t deadline_ns) const;  // null: none was free by then
  void give_back(Context context) const;
  // Of what the cache has not: indices into `texts`.
  std::vector<std::size_t> unknown(std::span<const ScoreCache::Key> keys,
                                   std::vector<std::optional<float>>& scores) const;
  Status read(engine::ExecutionContext& context, std::string_view query, std::span<const std::string_view> texts,
              std::span<const std::size_t> which, std::vector<std::optional<float>>& scores) const;

  std::unique_ptr<const tasks::PairModel> model_;
  SystemClock system_;
  const Clock& clock_;
  std::string sha256_, name_;
  mutable Mutex mutex_;
  mutable Condition freed_;
  mutable std::vector<Context> free_ YUPU_GUARDED_BY(mutex_);
  mutable ScoreCache cache_ YUPU_GUARDED_BY(mutex_);
};

// Whether a directory can be opened, found out at start rather than at the first list; an empty name can.
// Outcomes  as open.
Status check_cross_encoder(const std::string& directory);

}  // namespace yupu::recommend
