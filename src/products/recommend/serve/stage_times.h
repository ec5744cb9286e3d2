// What the stages of a list cost, of the last kTimesKept lists since the start.
// Units ms.   Threads  any.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/mutex.h"

namespace yupu::recommend {

inline constexpr std::size_t kTimesKept = 1000;

// read: rules and what is hidden, from the store; order: candidates, their order, pins; explore; reasons; keep: the
// list into the store.
enum class Stage : std::uint8_t { kRead, kOrder, kExplore, kReasons, kKeep };
inline constexpr std::size_t kStageCount = 5;
std::string_view stage_name(Stage stage);

class StageTimes {
 public:
  explicit StageTimes(const Clock& clock) : clock_(clock) {}
  std::int64_t now_ns() const { return clock_.monotonic_ns(); }
  void add(Stage stage, std::int64_t took_ns);
  // [{"stage", "lists", "p50_ms", "p95_ms", "p99_ms"}], in order of the stages.
  OrderedJson to_json() const;

 private:
  struct Kept {
    std::int64_t count = 0;
    std::vector<std::int64_t> last;  // a ring
  };
  const Clock& clock_;
  mutable Mutex mutex_;
  std::array<Kept, kStageCount> kept_ YUPU_GUARDED_BY(mutex_);
};

// Measures one stage after the other; null: nothing.
class Laps {
 public:
  explicit Laps(StageTimes* times) : times_(times), since_ns_(times == nullptr ? 0 : times->now_ns()) {}
  void end(Stage stage) {
    if (times_ == nullptr) return;
    const std::int64_t now_ns = times_->now_ns();
    times_->add(stage, now_ns - since_ns_);
    since_ns_ = now_ns;
  }

 private:
  StageTimes* times_;
  std::int64_t since_ns_;
};

}  // namespace yupu::recommend
