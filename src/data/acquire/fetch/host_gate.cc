#include "data/acquire/fetch/host_gate.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include <fmt/format.h>

namespace yupu::data {
namespace {

constexpr std::size_t kHostsKept = 4096;

}  // namespace

Sleep real_sleep() {
  return [](std::int64_t ns) { std::this_thread::sleep_for(std::chrono::nanoseconds(ns)); };
}

Result<HostGate::Turn> HostGate::enter(const std::string& host, std::int64_t pause_ns) {
  std::int64_t wait_ns = 0;
  {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::nanoseconds(wait_max_ns_);
    MutexLock lock(mutex_);
    forget_idle();
    while (hosts_[host].busy) {
      const auto left = give_up - std::chrono::steady_clock::now();
      if (left <= left.zero() || !left_.wait_for(mutex_, left)) {
        if (!hosts_[host].busy) break;
        return Status(Code::kUnavailable, fmt::format("{}: others are before this one", host), "resting");
      }
    }
    Host& place = hosts_[host];
    wait_ns = std::max<std::int64_t>(0, place.next_ns - clock_.now_ns());
    if (wait_ns > wait_max_ns_)
      return Status(Code::kUnavailable, fmt::format("{}: may be asked again at {}", host, format_utc(place.next_ns)),
                    "resting");
    place.busy = true;
  }
  Turn turn(this, host, pause_ns);
  if (wait_ns > 0) sleep_(wait_ns);
  return turn;
}

void HostGate::leave(const std::string& host, std::int64_t pause_ns) {
  {
    MutexLock lock(mutex_);
    Host& place = hosts_[host];
    place.busy = false;
    place.next_ns = std::max(place.next_ns, clock_.now_ns() + pause_ns);
  }
  left_.notify_all();
}

void HostGate::rest_until(const std::string& host, std::int64_t until_ns) {
  MutexLock lock(mutex_);
  Host& place = hosts_[host];
  place.next_ns = std::max(place.next_ns, until_ns);
}

std::int64_t HostGate::next_ns(const std::string& host) const {
  MutexLock lock(mutex_);
  const auto found = hosts_.find(host);
  return found == hosts_.end() ? 0 : found->second.next_ns;
}

void HostGate::forget_idle() {
  if (hosts_.size() < kHostsKept) return;
  const std::int64_t now_ns = clock_.now_ns();
  std::erase_if(hosts_, [&](const auto& item) { return !item.second.busy && item.second.next_ns <= now_ns; });
}

}  // namespace yupu::data
