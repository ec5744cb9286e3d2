#include "tasks/recommend/behaviour.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <numeric>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/check.h"
#include "base/hash.h"

namespace yupu::tasks {
namespace {

constexpr std::array<std::string_view, kBehaviourKindCount> kNames = {"view", "click", "comment", "share", "buy"};

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min();

std::atomic<std::uint64_t> marks = 0;

std::size_t count_before(std::span<const Behaviour> events, std::int64_t time_ns) {
  const auto it = std::partition_point(events.begin(), events.end(),
                                       [time_ns](const Behaviour& event) { return event.time_ns < time_ns; });
  return static_cast<std::size_t>(it - events.begin());
}

}  // namespace

std::string_view kind_name(BehaviourKind kind) { return kNames[static_cast<std::size_t>(kind)]; }

std::optional<BehaviourKind> find_behaviour(std::string_view name) {
  const auto it = std::find(kNames.begin(), kNames.end(), name);
  if (it == kNames.end()) return std::nullopt;
  return static_cast<BehaviourKind>(it - kNames.begin());
}

std::string behaviour_names() { return fmt::format("{}", fmt::join(kNames, ", ")); }

bool comes_before(const Behaviour& one, const Behaviour& other) {
  return std::tie(one.time_ns, one.user, one.item, one.kind) <
         std::tie(other.time_ns, other.user, other.item, other.kind);
}

BehaviourLog::BehaviourLog(std::vector<Behaviour> events, std::size_t user_count, std::size_t item_count)
    : mark_(++marks),
      user_count_(user_count),
      item_count_(item_count),
      events_(std::move(events)),
      begin_of_user_(user_count + 1) {
  CHECK(events_.size() < std::numeric_limits<std::uint32_t>::max(), "more events than a place can number");
  if (!std::is_sorted(events_.begin(), events_.end(), comes_before))
    std::sort(events_.begin(), events_.end(), comes_before);
  for (const Behaviour& event : events_) {
    CHECK(event.user < user_count && event.item < item_count, "an event of a user or an item without a number");
    ++begin_of_user_[event.user + 1];
  }
  std::partial_sum(begin_of_user_.begin(), begin_of_user_.end(), begin_of_user_.begin());
  std::vector<std::uint32_t> place_by_user(events_.size());
  std::vector<std::size_t> next(begin_of_user_.begin(), begin_of_user_.end() - 1);
  for (std::uint32_t place = 0; place < events_.size(); ++place) place_by_user[next[events_[place].user]++] = place;
  by_user_.reserve(events_.size());
  for (const std::uint32_t place : place_by_user) by_user_.push_back(events_[place]);
  find_previous(place_by_user);
}

void BehaviourLog::find_previous(std::span<const std::uint32_t> place_by_user) {
  previous_ns_.assign(events_.size(), kNever);
  std::vector<std::uint32_t> own;
  for (std::size_t user = 0; user < user_count_; ++user) {
    const auto places = place_by_user.subspan(begin_of_user_[user], begin_of_user_[user + 1] - begin_of_user_[user]);
    own.assign(places.begin(), places.end());
    // By item; of one item in order of time, as places are.
    std::sort(own.begin(), own.end(), [this](std::uint32_t a, std::uint32_t b) {
      return std::pair(events_[a].item, a) < std::pair(events_[b].item, b);
    });
    for (std::size_t i = 1; i < own.size(); ++i) {
      if (events_[own[i]].item == events_[own[i - 1]].item) previous_ns_[own[i]] = events_[own[i - 1]].time_ns;
    }
  }
}

std::span<const Behaviour> BehaviourLog::before(std::int64_t time_ns) const {
  return std::span(events_).first(count_before(events_, time_ns));
}

std::span<const Behaviour> BehaviourLog::between(std::int64_t from_ns, std::int64_t to_ns) const {
  const std::span<const Behaviour> whole = before(to_ns);
  return whole.subspan(std::min(whole.size(), count_before(whole, from_ns)));
}

std::span<const Behaviour> BehaviourLog::of_user_before(std::uint32_t user, std::int64_t time_ns) const {
  const std::span<const Behaviour> own = of_user(user);
  return own.first(count_before(own, time_ns));
}

// Of a user's events with an item within the span, the one whose predecessor lies before it counts.
void BehaviourLog::count_users(std::int64_t from_ns, std::int64_t to_ns, std::span<float> counts) const {
  std::fill(counts.begin(), counts.end(), 0.0f);
  const std::size_t end = count_before(events_, to_ns);
  for (std::size_t i = std::min(end, count_before(events_, from_ns)); i < end; ++i) {
    if (previous_ns_[i] < from_ns) counts[events_[i].item] += 1.0f;
  }
}

BehaviourLog BehaviourLog::cut_at(std::int64_t time_ns) const {
  const std::span<const Behaviour> kept = before(time_ns);
  return {std::vector<Behaviour>(kept.begin(), kept.end()), user_count(), item_count_};
}

std::string behaviour_sha256(const BehaviourLog& log) {
  Sha256 hash;
  hash.field(fmt::format("{} {}", log.user_count(), log.item_count()));
  for (const Behaviour& event : log.events())
    hash.update(fmt::format("{} {} {} {}\n", event.user, event.item, event.time_ns, kind_name(event.kind)));
  return hash.finish_hex();
}

}  // namespace yupu::tasks
