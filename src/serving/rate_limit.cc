#include "serving/rate_limit.h"

#include <algorithm>

namespace yupu::serving {

std::int64_t RateLimit::wait_ns(std::string_view caller, std::int64_t now_ns) {
  MutexLock lock(mutex_);
  auto found = next_ns_.find(caller);
  if (found == next_ns_.end()) {
    if (next_ns_.size() >= options_.callers_max) {
      std::erase_if(next_ns_, [&](const auto& entry) { return entry.second <= now_ns; });
      // Everybody remembered still owes: a flood from many addresses. Newcomers wait.
      if (next_ns_.size() >= options_.callers_max) return options_.interval_ns;
    }
    found = next_ns_.emplace(caller, now_ns).first;
  }
  const std::int64_t arrival_ns = std::max(found->second, now_ns);
  const std::int64_t allowed_ns = arrival_ns - (options_.burst - 1) * options_.interval_ns;
  if (now_ns < allowed_ns) return allowed_ns - now_ns;
  found->second = arrival_ns + options_.interval_ns;
  return 0;
}

}  // namespace yupu::serving
