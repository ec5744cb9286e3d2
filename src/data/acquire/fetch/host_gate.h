// Whose turn it is at a host: one exchange at a time, a pause between two of them, and none while the host has asked
// for rest (Retry-After).
// Time: the clock's; waiting is passed in, so that a test waits without waiting.   Threads  any.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/status.h"

namespace yupu::data {

using Sleep = std::function<void(std::int64_t ns)>;
Sleep real_sleep();

class HostGate {
 public:
  HostGate(const Clock& clock, Sleep sleep, std::int64_t wait_max_ns)
      : clock_(clock), sleep_(std::move(sleep)), wait_max_ns_(wait_max_ns) {}

  // Held for one exchange; the pause begins when it goes.
  class Turn {
   public:
    Turn(Turn&& other) noexcept : gate_(other.gate_), host_(std::move(other.host_)), pause_ns_(other.pause_ns_) {
      other.gate_ = nullptr;
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (gate_ != nullptr) gate_->leave(host_, pause_ns_);
    }

   private:
    friend class HostGate;
    Turn(HostGate* gate, std::string host, std::int64_t pause_ns)
        : gate_(gate), host_(std::move(host)), pause_ns_(pause_ns) {}
    HostGate* gate_;
    std::string host_;
    std::int64_t pause_ns_;
  };

  // Waits for the turn, up to `wait_max_ns`.  Errors: kUnavailable, field "resting": it would take longer.
  Result<Turn> enter(const std::string& host, std::int64_t pause_ns);
  // Nothing is asked of the host until then.
  void rest_until(const std::string& host, std::int64_t until_ns);
  // When it may be asked next; at most now when it may at once.
  std::int64_t next_ns(const std::string& host) const;

 private:
  struct Host {
    bool busy = false;
    std::int64_t next_ns = 0;
  };
  void leave(const std::string& host, std::int64_t pause_ns);
  void forget_idle() YUPU_REQUIRES(mutex_);  // those that no pause holds

  const Clock& clock_;
  const Sleep sleep_;
  const std::int64_t wait_max_ns_;
  mutable Mutex mutex_;
  Condition left_;
  std::map<std::string, Host> hosts_ YUPU_GUARDED_BY(mutex_);
};

}  // namespace yupu::data
