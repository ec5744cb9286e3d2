#include "products/recommend/methods/ranker/moment_counts.h"

#include <algorithm>
#include <utility>

namespace yupu::recommend {
namespace {

constexpr double kDayNs = 86'400e9;

std::int64_t days_before(std::int64_t time_ns, double days) {
  return std::max<std::int64_t>(0, time_ns - static_cast<std::int64_t>(days * kDayNs));
}

// The first kOrderKept items with a value above 0, the largest first.
template <class Value>
std::vector<std::uint32_t> ordered(std::size_t count, const Value& value_of) {
  std::vector<std::pair<double, std::uint32_t>> items;
  for (std::uint32_t item = 0; item < count; ++item) {
    if (const double value = value_of(item); value > 0.0) items.emplace_back(-value, item);
  }
  const auto end = items.begin() + static_cast<std::ptrdiff_t>(std::min(kOrderKept, items.size()));
  std::partial_sort(items.begin(), end, items.end());
  std::vector<std::uint32_t> order;
  for (auto it = items.begin(); it != end; ++it) order.push_back(it->second);
  return order;
}

}  // namespace

ItemCounts::ItemCounts(const tasks::BehaviourLog& log, std::int64_t time_ns, const Tools& tools,
                       tasks::BehaviourKind relevant) {
  for (std::size_t window = 0; window < kCountDays.size(); ++window) {
    users_[window].resize(log.item_count());
    log.count_users(days_before(time_ns, kCountDays[window]), time_ns, users_[window]);
  }
  count_shares(log, time_ns, relevant);
  find_ages(log, time_ns, tools);
  most_touched_ = ordered(log.item_count(), [this](std::uint32_t item) { return double{users_of_week()[item]}; });
  newest_ = ordered(log.item_count(), [this](std::uint32_t item) { return kNoAge - age_days(item); });
}

void ItemCounts::count_shares(const tasks::BehaviourLog& log, std::int64_t time_ns, tasks::BehaviourKind relevant) {
  events_.assign(log.item_count(), 0.0f);
  relevant_.assign(log.item_count(), 0.0f);
  double all = 0.0, all_relevant = 0.0;
  for (const tasks::Behaviour& event : log.between(days_before(time_ns, kCountDays.back()), time_ns)) {
    events_[event.item] += 1.0f;
    all += 1.0;
    if (event.kind < relevant) continue;
    relevant_[event.item] += 1.0f;
    all_relevant += 1.0;
  }
  share_of_all_ = all > 0.0 ? all_relevant / all : 0.0;
}

double ItemCounts::relevant_share(std::uint32_t item) const {
  return (static_cast<double>(relevant_[item]) + kPriorEvents * share_of_all_) /
         (static_cast<double>(events_[item]) + kPriorEvents);
}

void ItemCounts::find_ages(const tasks::BehaviourLog& log, std::int64_t time_ns, const Tools& tools) {
  const std::size_t items = log.item_count();
  std::vector<std::int64_t> since(items, -1);
  for (const tasks::Behaviour& event : log.before(time_ns)) {
    if (since[event.item] < 0) since[event.item] = event.time_ns;
  }
  for (std::size_t item = 0; item < std::min(items, tools.created_ns.size()); ++item) {
    // What is told to come later than it was touched has been there since it was touched.
    const auto& created_ns = tools.created_ns[item];
    if (created_ns && (since[item] < 0 || *created_ns < since[item])) since[item] = *created_ns;
  }
  age_days_.assign(items, kNoAge);
  for (std::size_t item = 0; item < items; ++item) {
    if (since[item] < 0) continue;
    const double days = static_cast<double>(time_ns - since[item]) / kDayNs;
    if (days < -1.0 / 24.0)
      continue;  // announced, not there yet; the counts are of the hour's beginning at the earliest
    age_days_[item] = std::clamp(days, 0.0, kNoAge);
  }
}

MomentCounts::MomentCounts(const Moment& moment, const Tools& tools, const tasks::KindWeights& weights,
                           tasks::BehaviourKind relevant)
    : MomentCounts(moment, tools, weights,
                   std::make_shared<const ItemCounts>(moment.log, moment.time_ns, tools, relevant)) {}

MomentCounts::MomentCounts(const Moment& moment, const Tools& tools, const tasks::KindWeights& weights,
                           std::shared_ptr<const ItemCounts> items)
    : tools_(tools), items_(std::move(items)) {
  weigh_tags(moment, weights);
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
