#include "products/recommend/methods/ranker/moment_counts.h"

#include <algorithm>

namespace yupu::recommend {
namespace {

constexpr double kDayNs = 86'400e9;

std::int64_t days_before(std::int64_t time_ns, double days) {
  return std::max<std::int64_t>(0, time_ns - static_cast<std::int64_t>(days * kDayNs));
}

}  // namespace

MomentCounts::MomentCounts(const Moment& moment, const Tools& tools, const tasks::KindWeights& weights,
                           tasks::BehaviourKind relevant)
    : tools_(tools) {
  for (std::size_t window = 0; window < kCountDays.size(); ++window) {
    users_[window].resize(moment.log.item_count());
    moment.log.count_users(days_before(moment.time_ns, kCountDays[window]), moment.time_ns, users_[window]);
  }
  count_shares(moment, relevant);
  find_ages(moment);
  weigh_tags(moment, weights);
}

void MomentCounts::count_shares(const Moment& moment, tasks::BehaviourKind relevant) {
  events_.assign(moment.log.item_count(), 0.0f);
  relevant_.assign(moment.log.item_count(), 0.0f);
  double all = 0.0, all_relevant = 0.0;
  for (const tasks::Behaviour& event :
       moment.log.between(days_before(moment.time_ns, kCountDays.back()), moment.time_ns)) {
    events_[event.item] += 1.0f;
    all += 1.0;
    if (event.kind < relevant) continue;
    relevant_[event.item] += 1.0f;
    all_relevant += 1.0;
  }
  share_of_all_ = all > 0.0 ? all_relevant / all : 0.0;
}

double MomentCounts::relevant_share(std::uint32_t item) const {
  return (static_cast<double>(relevant_[item]) + kPriorEvents * share_of_all_) /
         (static_cast<double>(events_[item]) + kPriorEvents);
}

void MomentCounts::find_ages(const Moment& moment) {
  const std::size_t items = moment.log.item_count();
  std::vector<std::int64_t> since(items, -1);
  for (const tasks::Behaviour& event : moment.log.before(moment.time_ns)) {
    if (since[event.item] < 0) since[event.item] = event.time_ns;
  }
  for (std::size_t item = 0; item < std::min(items, tools_.created_ns.size()); ++item) {
    // What is told to come later than it was touched has been there since it was touched.
    const auto& created_ns = tools_.created_ns[item];
    if (created_ns && (since[item] < 0 || *created_ns < since[item])) since[item] = *created_ns;
  }
  age_days_.assign(items, kNoAge);
  for (std::size_t item = 0; item < items; ++item) {
    if (since[item] < 0) continue;
    const double days = static_cast<double>(moment.time_ns - since[item]) / kDayNs;
    age_days_[item] = std::clamp(days, 0.0, kNoAge);
  }
}

void MomentCounts::weigh_tags(const Moment& moment, const tasks::KindWeights& weights) {
  if (tools_.tags.empty()) return;
  for (const tasks::Behaviour& event : moment.history) {
    const auto& tags = tools_.tags[event.item];
    if (tags.empty()) continue;
    touched_weight_ += weights.of(event.kind);
    for (const std::uint32_t tag : tags) tag_weights_[tag] += weights.of(event.kind);
  }
}

double MomentCounts::tag_match(std::uint32_t item) const {
  if (touched_weight_ <= 0.0 || tools_.tags[item].empty()) return 0.0;
  double sum = 0.0;
  for (const std::uint32_t tag : tools_.tags[item]) {
    const auto found = tag_weights_.find(tag);
    if (found != tag_weights_.end()) sum += found->second;
  }
  return sum / (touched_weight_ * static_cast<double>(tools_.tags[item].size()));
}

}  // namespace yupu::recommend
