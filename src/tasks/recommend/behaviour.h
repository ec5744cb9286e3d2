// What users did, in numbers: who, with what, when, how strongly.  The record that recommendation learns from and is
// judged by, with users and items numbered in the order of their names.
//
// Events stand in order of time; of equal times by user, item and kind, so that the order of a file changes nothing.
// "Before t" is strictly before, everywhere: what happens at one instant cannot explain itself.
// Units    ns UTC.        Threads  immutable: any.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace yupu::tasks {

// In rising strength: browsed, clicked, commented, shared, bought.
enum class BehaviourKind : std::uint8_t { kView, kClick, kComment, kShare, kBuy };
inline constexpr std::size_t kBehaviourKindCount = 5;
std::string_view kind_name(BehaviourKind kind);
std::optional<BehaviourKind> find_behaviour(std::string_view name);
std::string behaviour_names();  // "view, click, ...": for messages

// What an event of each kind counts; not negative.
struct KindWeights {
  std::array<double, kBehaviourKindCount> values = {1.0, 2.0, 3.0, 4.0, 5.0};
  double of(BehaviourKind kind) const { return values[static_cast<std::size_t>(kind)]; }
};

struct Behaviour {
  std::uint32_t user = 0;
  std::uint32_t item = 0;
  std::int64_t time_ns = 0;
  BehaviourKind kind = BehaviourKind::kView;
  bool operator==(const Behaviour&) const = default;
};
// The order of a log.
bool comes_before(const Behaviour& one, const Behaviour& other);

class BehaviourLog {
 public:
  BehaviourLog() = default;
  // REQUIRES: users and items of the events are below the counts.
  BehaviourLog(std::vector<Behaviour> events, std::size_t user_count, std::size_t item_count);

  // The same in copies of one log, another in any other: what is counted of a log may be kept beside it.
  std::uint64_t mark() const { return mark_; }
  std::size_t user_count() const { return user_count_; }
  std::size_t item_count() const { return item_count_; }
  std::span<const Behaviour> events() const { return events_; }
  std::span<const Behaviour> before(std::int64_t time_ns) const;
  std::span<const Behaviour> between(std::int64_t from_ns, std::int64_t to_ns) const;  // [from, to)
  std::span<const Behaviour> of_user(std::uint32_t user) const {
    return std::span(by_user_).subspan(begin_of_user_[user], begin_of_user_[user + 1] - begin_of_user_[user]);
  }
  std::span<const Behaviour> of_user_before(std::uint32_t user, std::int64_t time_ns) const;
  // Users of each item within [from, to), a user once an item.  REQUIRES: a place for every item.
  void count_users(std::int64_t from_ns, std::int64_t to_ns, std::span<float> counts) const;
  // The same users and items, with the events before that time alone.
  BehaviourLog cut_at(std::int64_t time_ns) const;

 private:
  void find_previous(std::span<const std::uint32_t> place_by_user);

  std::uint64_t mark_ = 0;
  std::size_t user_count_ = 0, item_count_ = 0;
  std::vector<Behaviour> events_;
  std::vector<std::int64_t> previous_ns_;  // of each event: when the user had touched the item before; or kNever
  std::vector<Behaviour> by_user_;         // users one after the other, each in order of time
  std::vector<std::size_t> begin_of_user_ = {0};
};

// Over all events and counts.
std::string behaviour_sha256(const BehaviourLog& log);

}  // namespace yupu::tasks
