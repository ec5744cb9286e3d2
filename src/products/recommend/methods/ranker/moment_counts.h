// What is known of items at a moment beside any method's scores, counted from the log before it.
// Of the shop (ItemCounts):
//   users     who touched an item in the last 1, 7 and 30 days, a user once an item
//   share     of an item's events in the last 30 days, those of a relevant kind, smoothed by the shop's own share:
//             (relevant + kPriorEvents * share of all) / (events + kPriorEvents)
//   age_days  since it was there (created), else since its first event; kNoAge: neither
// Of the user (MomentCounts):
//   tag_match the part of the user's touches that had a tag, weighed by kind, whose items share a tag with this one,
//             the mean over the item's tags:  mean over tags t of W_t / W
// Threads  immutable once made.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "products/recommend/methods/method.h"
#include "products/recommend/methods/methods.h"

namespace yupu::recommend {

inline constexpr std::array<double, 3> kCountDays = {1.0, 7.0, 30.0};
inline constexpr double kPriorEvents = 20.0;
inline constexpr double kNoAge = 3650.0;
inline constexpr std::size_t kOrderKept = 2048;  // items of an order that are kept

class ItemCounts {
 public:
  // Of the log before `time_ns`; `tools` lends when items came, or nothing.
  ItemCounts(const tasks::BehaviourLog& log, std::int64_t time_ns, const Tools& tools, tasks::BehaviourKind relevant);

  float users(std::size_t window, std::uint32_t item) const { return users_[window][item]; }
  const std::vector<float>& users_of_week() const { return users_[1]; }
  double relevant_share(std::uint32_t item) const;
  double age_days(std::uint32_t item) const { return age_days_[item]; }
  // The first kOrderKept items: those most touched in the week, and the newest; of equal ones the lower number.
  const std::vector<std::uint32_t>& most_touched() const { return most_touched_; }
  const std::vector<std::uint32_t>& newest() const { return newest_; }

 private:
  void count_shares(const tasks::BehaviourLog& log, std::int64_t time_ns, tasks::BehaviourKind relevant);
  void find_ages(const tasks::BehaviourLog& log, std::int64_t time_ns, const Tools& tools);

  std::array<std::vector<float>, kCountDays.size()> users_;
  std::vector<float> events_, relevant_;
  double share_of_all_ = 0.0;
  std::vector<double> age_days_;
  std::vector<std::uint32_t> most_touched_, newest_;
};

class MomentCounts {
 public:
  // `tools` lends the times and tags of items; either may be empty.
  MomentCounts(const Moment& moment, const Tools& tools, const tasks::KindWeights& weights,
               tasks::BehaviourKind relevant);
  // With what somebody has counted of the shop already.
  MomentCounts(const Moment& moment, const Tools& tools, const tasks::KindWeights& weights,
               std::shared_ptr<const ItemCounts> items);

  const ItemCounts& items() const { return *items_; }
  float users(std::size_t window, std::uint32_t item) const { return items_->users(window, item); }
  const std::vector<float>& users_of_week() const { return items_->users_of_week(); }
  double relevant_share(std::uint32_t item) const { return items_->relevant_share(item); }
  double age_days(std::uint32_t item) const { return items_->age_days(item); }
  double tag_match(std::uint32_t item) const;

 private:
  void weigh_tags(const Moment& moment, const tasks::KindWeights& weights);

  const Tools& tools_;
  std::shared_ptr<const ItemCounts> items_;
  std::map<std::uint32_t, double> tag_weights_;
  double touched_weight_ = 0.0;
};

}  // namespace yupu::recommend
