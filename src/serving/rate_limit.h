// How often one visitor may ask. GCRA, the leaky bucket that stores one number: the theoretical arrival time of the
// next call (ITU-T I.371, annex A).  Threads: any.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/mutex.h"

namespace yupu::serving {

struct RateLimitOptions {
  std::int64_t interval_ns = 2'000'000'000;  // one call in this time, on the long run
  std::int64_t burst = 10;                   // so many at once
  std::size_t callers_max = 50'000;          // remembered; beyond it the ones with nothing owed are forgotten
};

class RateLimit {
 public:
  explicit RateLimit(RateLimitOptions options) : options_(options) {}

  // 0: go ahead. Else: how long until this caller may ask again, and nothing is counted.
  std::int64_t wait_ns(std::string_view caller, std::int64_t now_ns);

 private:
  const RateLimitOptions options_;
  Mutex mutex_;
  std::map<std::string, std::int64_t, std::less<>> next_ns_ YUPU_GUARDED_BY(mutex_);
};

}  // namespace yupu::serving
