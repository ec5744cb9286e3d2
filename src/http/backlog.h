// How long a request that comes now will wait for a thread, told by how fast those before it were taken; and how long
// it may.  A burst may fill the queue up to the bound.  A queue that has not been empty for as long as the bound is no
// burst: waiting in it makes nobody's answer come earlier, so from then on, until it has been empty, only a part of the
// bound may be waited (Nichols, Jacobson 2012, "Controlling queue delay", ACM Queue 10(5); Maurer 2015, "Fail at
// scale", 13(8)). Internal to http/; the clock is the caller's.  Threads: one at a time (the pool's lock).
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/pace.h"

namespace yupu::http {

class Backlog {
 public:
  // A pace that is older says nothing of now: the server may have been busy with something else then.
  static constexpr std::int64_t kPaceHolds_ns = 1'000'000'000;

  // A thread took a request.  `pressed`: from now on every thread is busy and somebody waits, so that the time to the
  // next one is what a place in the queue costs.
  void taken(std::int64_t now_ns, bool pressed);
  // Of a request that would find every thread busy and `ahead` waiting before it.  Bursts of answers are meant to be
  // covered by the mean; the time since the last request was taken is added, so that a standstill is seen at once.
  std::int64_t expected_wait_ns(std::int64_t now_ns, std::size_t ahead) const;
  // What may be waited of `wait_ns_max`: all of it, or, while the queue is a standing one, a part.
  std::int64_t bound_ns(std::int64_t now_ns, std::int64_t wait_ns_max) const;

 private:
  static constexpr std::int64_t kLeast = 8;         // requests before their pace is believed
  static constexpr std::int64_t kRemembered = 128;  // a few groups of answers that became durable together
  static constexpr std::int64_t kStandingPart = 4;  // one of so many parts of the bound
  Pace pace_{kLeast, kRemembered};
  bool pressed_ = false;
  std::int64_t pressed_since_ns_ = 0;
  std::int64_t taken_ns_ = 0;
  std::int64_t measured_ns_ = 0;
};

}  // namespace yupu::http
