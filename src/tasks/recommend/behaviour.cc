#include "tasks/recommend/behaviour.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <tuple>
#include <unordered_map>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/check.h"
#include "base/hash.h"

namespace yupu::tasks {
namespace {

constexpr std::array<std::string_view, kBehaviourKindCount> kNames = {"view", "click", "comment", "share", "buy"};

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min();

std::atomic<std::uint64_t> marks = 0;

auto order_of(const Behaviour& event) { return std::tuple(event.time_ns, event.user, event.item, event.kind); }

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

BehaviourLog::BehaviourLog(std::vector<Behaviour> events, std::size_t user_count, std::size_t item_count)
    : mark_(++marks), item_count_(item_count), events_(std::move(events)), of_user_(user_count) {
  std::sort(events_.begin(), events_.end(),
            [](const Behaviour& a, const Behaviour& b) { return order_of(a) < order_of(b); });
  std::unordered_map<std::uint64_t, std::int64_t> last_ns;  // by user and item
  previous_ns_.reserve(events_.size());
  for (const Behaviour& event : events_) {
    CHECK(event.user < user_count && event.item < item_count, "an event of a user or an item without a number");
    of_user_[event.user].push_back(event);
    const std::uint64_t pair = std::uint64_t{event.user} << 32 | event.item;
    const auto [last, is_first] = last_ns.emplace(pair, event.time_ns);
    previous_ns_.push_back(is_first ? kNever : last->second);
    last->second = event.time_ns;
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
  const std::span<const Behaviour> own = of_user_[user];
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
