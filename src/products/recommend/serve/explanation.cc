#include "products/recommend/serve/explanation.h"

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>

namespace yupu::recommend {
namespace {

constexpr std::array<std::string_view, 4> kReasonNames = {"because_of", "popular", "new", "picked"};

// The last different items, the last one first.
std::vector<std::uint32_t> last_items(std::span<const tasks::Behaviour> history) {
  std::vector<std::uint32_t> items;
  for (auto event = history.rbegin(); event != history.rend() && items.size() < kHistoryItems; ++event) {
    if (std::find(items.begin(), items.end(), event->item) == items.end()) items.push_back(event->item);
  }
  return items;
}

// Scores by history item left out, each of all `items`.
struct LeftOut {
  std::vector<std::uint32_t> history;
  std::vector<std::vector<float>> scores;
};

LeftOut leave_out(const Ranker& ranker, const Moment& moment, std::span<const std::uint32_t> items) {
  LeftOut left{.history = last_items(moment.history), .scores = {}};
  for (const std::uint32_t item : left.history) {
    std::vector<tasks::Behaviour> others;
    std::copy_if(moment.history.begin(), moment.history.end(), std::back_inserter(others),
                 [item](const tasks::Behaviour& event) { return event.item != item; });
    left.scores.push_back(ranker.scores_of({.log = moment.log, .time_ns = moment.time_ns, .history = others}, items));
  }
  return left;
}

std::vector<std::uint8_t> most_touched(const std::vector<float>& users) {
  std::vector<float> sorted = users;
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  const float least = sorted.empty() ? 0.0f : sorted[std::min(kPopularItems, sorted.size()) - 1];
  std::vector<std::uint8_t> is_popular(users.size());
  for (std::size_t item = 0; item < users.size(); ++item)
    is_popular[item] = users[item] > 0.0f && users[item] >= least ? 1 : 0;
  return is_popular;
}

}  // namespace

std::string_view reason_name(ReasonKind kind) { return kReasonNames[static_cast<std::size_t>(kind)]; }

std::vector<Reason> reasons_of(const Ranker& ranker, const Moment& moment, std::span<const std::uint32_t> items,
                               std::span<const std::uint8_t> may_be_named, const ListRules& rules) {
  const std::vector<float> scores = ranker.scores_of(moment, items);
  const std::vector<float> nothing =
      ranker.scores_of({.log = moment.log, .time_ns = moment.time_ns, .history = {}}, items);
  const LeftOut left = leave_out(ranker, moment, items);
  const MomentCounts counts = ranker.counts(moment);
  const std::vector<std::uint8_t> is_popular = most_touched(counts.users_of_week());
  std::vector<Reason> reasons(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    Reason& reason = reasons[i];
    const double carried = static_cast<double>(scores[i]) - static_cast<double>(nothing[i]);
    for (std::size_t h = 0; h < left.history.size() && carried > 0.0; ++h) {
      const double share = (static_cast<double>(scores[i]) - static_cast<double>(left.scores[h][i])) / carried;
      if (share < rules.reason_share || share <= reason.share || may_be_named[left.history[h]] == 0) continue;
      reason = {.kind = ReasonKind::kBecauseOf, .because_of = left.history[h], .share = share};
    }
    if (reason.kind == ReasonKind::kBecauseOf) continue;
    if (is_popular[items[i]] != 0) {
      reason.kind = ReasonKind::kPopular;
    } else if (counts.age_days(items[i]) < static_cast<double>(rules.new_days)) {
      reason.kind = ReasonKind::kNew;
    }
  }
  return reasons;
}

std::vector<Contribution> contributions(const Ranker& ranker, const Moment& moment, std::uint32_t item) {
  const std::vector<std::uint32_t> one = {item};
  const double score = static_cast<double>(ranker.scores_of(moment, one)[0]);
  const LeftOut left = leave_out(ranker, moment, one);
  std::vector<Contribution> drops;
  for (std::size_t h = 0; h < left.history.size(); ++h)
    drops.push_back({.item = left.history[h], .drop = score - static_cast<double>(left.scores[h][0])});
  std::stable_sort(drops.begin(), drops.end(),
                   [](const Contribution& a, const Contribution& b) { return a.drop > b.drop; });
  return drops;
}

}  // namespace yupu::recommend
