#include "products/recommend/methods/next/next.h"

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

#include "products/recommend/methods/signals.h"

namespace yupu::recommend {
namespace {

using Follower = std::pair<std::uint32_t, float>;

class Next final : public Method {
 public:
  explicit Next(const Settings& settings)
      : reach_(static_cast<std::size_t>(settings.at("reach"))),
        shrink_(settings.at("shrink")),
        signal_(signal_of(settings)) {}

  Status fit(const FitData& data) override {
    const std::size_t items = data.log.item_count();
    std::vector<std::unordered_map<std::uint32_t, double>> weights(items);
    std::vector<float> users(items);
    data.log.count_users(0, INT64_MAX, users);
    const Signals signals(signal_, data.relevant);
    for (std::uint32_t user = 0; user < data.log.user_count(); ++user) {
      const auto events = data.log.of_user(user);
      for (std::size_t at = 1; at < events.size(); ++at) {
        if (signals.counts(events[at])) add_pairs(events, at, weights);
      }
    }
    followers_.assign(items, {});
    for (std::size_t i = 0; i < items; ++i) {
      const double least = static_cast<double>(users[i]) + shrink_;
      for (const auto& [j, weight] : weights[i]) followers_[i].emplace_back(j, static_cast<float>(weight / least));
      keep_first(followers_[i]);
    }
    return ok_status();
  }

  void score(const Moment& moment, std::span<float> scores) const override {
    std::fill(scores.begin(), scores.end(), 0.0f);
    const std::size_t count = std::min(reach_, moment.history.size());
    for (std::size_t rank = 0; rank < count; ++rank) {
      const std::uint32_t i = moment.history[moment.history.size() - 1 - rank].item;
      const float share = 1.0f / static_cast<float>(1 + rank);
      for (const auto& [j, weight] : followers_[i]) scores[j] += share * weight;
    }
  }

 private:
  void add_pairs(std::span<const tasks::Behaviour> events, std::size_t at,
                 std::vector<std::unordered_map<std::uint32_t, double>>& weights) const {
    for (std::size_t distance = 1; distance <= std::min(reach_, at); ++distance) {
      const tasks::Behaviour& before = events[at - distance];
      if (before.time_ns == events[at].time_ns || before.item == events[at].item) continue;
      weights[before.item][events[at].item] += 1.0 / static_cast<double>(distance);
    }
  }

  static void keep_first(std::vector<Follower>& followers) {
    std::sort(followers.begin(), followers.end(), [](const Follower& a, const Follower& b) {
      return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    if (followers.size() > kNextKept) followers.resize(kNextKept);
  }

  std::size_t reach_;
  double shrink_;
  Signal signal_;
  std::vector<std::vector<Follower>> followers_;  // of each item, the surest first
};

}  // namespace

std::unique_ptr<Method> make_next(const Settings& settings) { return std::make_unique<Next>(settings); }

}  // namespace yupu::recommend
