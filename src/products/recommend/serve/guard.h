// Whether a challenger may take the champion's place: both are fitted on what they learn from before one instant and
// answer the same questions after it (evaluate/), each over the whole catalogue.
//   figure    nDCG@10, a mean a user; interval by bootstrap over users, of the difference with users paired
//   passes    when the lower end of challenger minus champion is not below -loss_max: a swap that may lose more than
//             that is refused (non-inferiority), and so is one that too few questions speak for
// Without a champion, what most users touched within 30 days stands in its place.
// The same seed gives the same verdict.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/json.h"
#include "base/status.h"
#include "products/recommend/collection.h"
#include "products/recommend/evaluate/figures.h"
#include "products/recommend/evaluate/time_split.h"
#include "products/recommend/given_lists.h"
#include "products/recommend/serve/releases.h"

namespace yupu::recommend {

struct GuardRule {
  SplitRule split = {};
  tasks::BehaviourKind relevant = tasks::BehaviourKind::kClick;
  double loss_max = 0.02;  // of nDCG@10
  std::size_t questions_max = 500, users_min = 10;
  std::size_t resamples = 1000;
  std::uint64_t seed = 1;
};

struct Contender {
  const Release* release = nullptr;          // null: recent popularity
  const tasks::BehaviourLog* log = nullptr;  // all that it learns from, in the collection's numbers
  std::span<const KeptList> lists = {};      // given before the split
};

struct Verdict {
  bool passes = false;
  std::string why;      // in a sentence, with the figures
  std::string learned;  // what the challenger's order is learned from, before the split (ranker.h)
  std::int64_t test_ns = 0, questions = 0;
  std::size_t users = 0;
  Interval champion, challenger, difference;
  Json to_json() const;
};

// Outcomes  those of split_by_time; kInvalidArgument: nobody did anything new after the split; those of fit_release.
Result<Verdict> judge(const std::shared_ptr<const Collection>& collection, const Contender& champion,
                      const Contender& challenger, const GuardRule& rule);

}  // namespace yupu::recommend
