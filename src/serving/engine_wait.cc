#include "serving/engine_wait.h"

#include <algorithm>
#include <cstdlib>

namespace yupu::serving {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;

}  // namespace

void EngineWait::batch_began(std::int64_t now_ns, std::int64_t tokens) {
  began_ns_ = now_ns;
  in_work_tokens_ = tokens;
}

void EngineWait::batch_ended(std::int64_t now_ns) {
  if (in_work_tokens_ > 0) pace_.done(in_work_tokens_, std::max<std::int64_t>(0, now_ns - began_ns_));
  in_work_tokens_ = 0;
}

std::int64_t EngineWait::expected_ns(std::int64_t now_ns, std::int64_t waiting_tokens) const {
  const std::int64_t waiting_ns = pace_.expected_ns(waiting_tokens);
  if (in_work_tokens_ == 0) return waiting_ns;
  return waiting_ns + std::abs(pace_.expected_ns(in_work_tokens_) - (now_ns - began_ns_));
}

std::int64_t EngineWait::tokens_per_s() const {
  const std::int64_t ns = pace_.expected_ns(kNsPerSecond);  // of so many tokens: ns a token, times 10^9
  return ns == 0 ? 0 : static_cast<std::int64_t>(1e18 / static_cast<double>(ns));
}

}  // namespace yupu::serving
