#include "products/recommend/methods/next/next.h"

#include <algorithm>
#include <numeric>
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
    std::vector<float> users(items);
    data.log.count_users(0, INT64_MAX, users);
    const Signals signals(signal_, data.relevant);
    // Pairs of an item one after the other: counted first, so that they are laid down once.
    std::vector<std::size_t> ends(items + 1);
    for_pairs(data.log, signals, [&](std::uint32_t before, std::uint32_t, std::size_t) { ++ends[before + 1]; });
    std::partial_sum(ends.begin(), ends.end(), ends.begin());
    std::vector<Pair> pairs(ends.back());
    std::vector<std::size_t> next(ends.begin(), ends.end() - 1);
    for_pairs(data.log, signals, [&](std::uint32_t before, std::uint32_t after, std::size_t distance) {
      pairs[next[before]++] = {.after = after, .distance = static_cast<std::uint32_t>(distance)};
    });
    followers_.assign(items, {});
    std::vector<double> weights(items);
    for (std::size_t i = 0; i < items; ++i) {
      const auto own = std::span(pairs).subspan(ends[i], ends[i + 1] - ends[i]);
      for (const Pair& pair : own) weights[pair.after] += 1.0 / pair.distance;
      const double least = static_cast<double>(users[i]) + shrink_;
      for (const Pair& pair : own) {
        double& weight = weights[pair.after];
        if (weight > 0.0) followers_[i].emplace_back(pair.after, static_cast<float>(weight / least));
        weight = 0.0;
      }
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
  struct Pair {
    std::uint32_t after = 0, distance = 0;
  };

  // Users one after the other, each in order of time.
  template <class Take>
  void for_pairs(const tasks::BehaviourLog& log, const Signals& signals, const Take& take) const {
    for (std::uint32_t user = 0; user < log.user_count(); ++user) {
      const auto events = log.of_user(user);
      for (std::size_t at = 1; at < events.size(); ++at) {
        if (!signals.counts(events[at])) continue;
        for (std::size_t distance = 1; distance <= std::min(reach_, at); ++distance) {
          const tasks::Behaviour& before = events[at - distance];
          if (before.time_ns == events[at].time_ns || before.item == events[at].item) continue;
          take(before.item, events[at].item, distance);
        }
      }
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
