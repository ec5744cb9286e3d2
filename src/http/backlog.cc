#include "http/backlog.h"

#include <algorithm>

namespace yupu::http {

void Backlog::taken(std::int64_t now_ns, bool pressed) {
  if (pressed_) {
    if (now_ns - measured_ns_ > kPaceHolds_ns) pace_.forget();
    pace_.done(1, std::max<std::int64_t>(0, now_ns - taken_ns_));
    measured_ns_ = now_ns;
  }
  if (pressed && !pressed_) pressed_since_ns_ = now_ns;
  pressed_ = pressed;
  taken_ns_ = now_ns;
}

std::int64_t Backlog::expected_wait_ns(std::int64_t now_ns, std::size_t ahead) const {
  const std::int64_t standing_ns = std::max<std::int64_t>(0, now_ns - taken_ns_);
  if (now_ns - measured_ns_ > kPaceHolds_ns) return standing_ns;
  return pace_.expected_ns(static_cast<std::int64_t>(ahead) + 1) + standing_ns;
}

std::int64_t Backlog::bound_ns(std::int64_t now_ns, std::int64_t wait_ns_max) const {
  const bool standing = pressed_ && now_ns - pressed_since_ns_ > wait_ns_max;
  return standing ? wait_ns_max / kStandingPart : wait_ns_max;
}

}  // namespace yupu::http
