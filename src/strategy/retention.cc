#include "strategy/retention.h"

#include <chrono>
#include <utility>

#include "base/check.h"
#include "base/log.h"

namespace yupu::strategy {
namespace {
constexpr std::int64_t kNsPerDay = 86'400'000'000'000;
}  // namespace

Retention::Retention(store::Store& store, const Clock& clock, RetentionRule rule)
    : store_(store), clock_(clock), rule_(std::move(rule)) {
  CHECK(rule_.keep_days > 0, "conversations are kept for a day at least");
}

Retention::~Retention() { stop(); }

Result<Forgotten> Retention::sweep() {
  products::ConversationQuery due;
  due.bot = rule_.bot;
  due.idle_since_ns = clock_.now_ns() - rule_.keep_days * kNsPerDay;
  return forget_conversations(store_, clock_, due);
}

void Retention::sweep_if_leading() {
  const auto lead = store_.lead("retention/" + rule_.bot);
  if (lead.ok() && *lead == nullptr) return;
  const auto swept = lead.ok() ? sweep() : Result<Forgotten>(lead.status());
  if (!swept.ok()) {
    log::warn("retention_failed", {{"bot", rule_.bot}, {"why", swept.status().message()}});
  } else if (swept->conversation_count > 0) {
    log::info("retention", {{"bot", rule_.bot}, {"conversations", swept->conversation_count}});
  }
}

void Retention::start(std::int64_t interval_ms) {
  thread_ = std::thread([this, interval_ms] {
    while (true) {
      sweep_if_leading();
      MutexLock lock(mutex_);
      const std::int64_t until_ns = clock_.monotonic_ns() + interval_ms * 1'000'000;
      while (!stopping_ && clock_.monotonic_ns() < until_ns)
        wake_.wait_for(mutex_, std::chrono::nanoseconds(until_ns - clock_.monotonic_ns()));
      if (stopping_) return;
    }
  });
}

void Retention::stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

}  // namespace yupu::strategy
