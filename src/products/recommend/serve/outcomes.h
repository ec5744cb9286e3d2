// What became of lists that were given out: clicks joined to the lists they came from.
//   join    an event of kind click or stronger belongs to the list it names (its impression), else to the last list of
//           its user that had its item; given at most kJoinNs before it; an item counts once a list
//   clicked a list with such an event; positive: one with a comment, a share or a purchase
//   explored the place of a list that was drawn (exploration.h), and whether it was clicked: what a place draws, since
//           chance put there what stands there
// Rates are of lists, their intervals over users, who are what an experiment draws: with n_u lists of user u, c_u of
// them clicked, r = sum c / sum n and
//   var(r) = U / (U - 1) * sum (c_u - r n_u)^2 / (sum n)^2          r +- 1.96 sqrt(var)
// (Deng, Knoblich, Lu 2018, KDD'18, "Applying the delta method in metric analytics", section 2); fewer than two users:
// from 0 to 1.  The difference of two arms has the sum of their variances.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "products/recommend/evaluate/figures.h"
#include "store/store.h"
#include "tasks/recommend/behaviour.h"

namespace yupu::recommend {

inline constexpr std::int64_t kJoinNs = 30LL * 60 * 1'000'000'000;

struct Outcome {
  std::string user, arm, release_id;
  std::int64_t time_ns = 0;
  std::int64_t clicks = 0;  // items of the list that were clicked
  bool is_positive = false;
  tasks::BehaviourKind strongest = tasks::BehaviourKind::kView;  // of what was done with its items
  std::int64_t explored = 0;                                     // the place that was drawn, from 1; 0: none
  bool is_explored_clicked = false;
};
// Lists given within [from, to); of an experiment alone where one is named.  In order of time.
Result<std::vector<Outcome>> outcomes(store::Store& store, const std::string& tenant_id, std::int64_t from_ns,
                                      std::int64_t to_ns, const std::string& experiment = {});

struct Rate {
  std::int64_t users = 0, lists = 0, hits = 0;
  Interval share;
  double variance = 0.0;
};
enum class Hit : std::uint8_t { kClicked, kPositive };
Rate rate_of(std::span<const Outcome> outcomes, Hit hit);
Interval difference(const Rate& above, const Rate& below);

// What an experiment has shown within the days before now: both arms and challenger minus champion.
Result<OrderedJson> experiment_json(store::Store& store, const std::string& tenant_id, const std::string& experiment,
                                    std::int64_t days, std::int64_t now_ns);
// Lists, clicks and rates by day (UTC), the oldest first, and over all of them; what explored places drew.
Result<OrderedJson> metrics_json(store::Store& store, const std::string& tenant_id, std::int64_t days,
                                 std::int64_t now_ns);

}  // namespace yupu::recommend
