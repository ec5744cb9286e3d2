#include "products/monitor/board/bands.h"

#include <utility>

#include "products/monitor/detect/explanation.h"

namespace yupu::monitor {

using store::Transaction;

Result<std::shared_ptr<const SurgeMonitor>> Bands::state() {
  const MutexLock lock(mutex_);
  const std::int64_t known_sequence = sequence_, known_ns = now_ns_;
  std::int64_t sequence = 0, now_ns = 0;
  std::optional<std::string> text;  // absent: the look that is known already, or none
  YUPU_RETURN_IF_ERROR(store_.read([&](Transaction& transaction) -> Status {
    text.reset();
    YUPU_ASSIGN_OR_RETURN(
        const auto looks,
        transaction.query("SELECT sequence, now_ns FROM monitor_detection WHERE monitor = ?", {monitor_}));
    if (looks.empty()) return ok_status();
    sequence = looks[0].integer(0);
    now_ns = looks[0].integer(1);
    if (sequence == known_sequence && now_ns == known_ns) return ok_status();
    YUPU_ASSIGN_OR_RETURN(const auto rows,
                          transaction.query("SELECT state FROM monitor_detection WHERE monitor = ?", {monitor_}));
    text = rows[0].text(0);
    return ok_status();
  }));
  if (!text) return state_;
  auto loaded = SurgeMonitor::load(*text, rules_);
  state_ = loaded.ok() ? std::make_shared<const SurgeMonitor>(std::move(loaded).value()) : nullptr;
  sequence_ = sequence;
  now_ns_ = now_ns;
  return state_;
}

Result<std::vector<std::optional<Band>>> Bands::of(const std::string& topic, const Steps& steps) {
  std::vector<std::optional<Band>> bands(static_cast<std::size_t>(steps.count));
  YUPU_ASSIGN_OR_RETURN(const auto known, state());
  const auto rule = rules_.find(topic);
  const TopicDetector* const detector = known == nullptr ? nullptr : known->find(topic);
  if (detector == nullptr || rule == rules_.end() || detector->learning()) return bands;
  const TopicSeries& series = detector->series();
  const BaselineOptions& baseline = rule->second.baseline;
  const std::int64_t bucket_ns = series.options().bucket_ns;
  const std::int64_t length = steps.step_ns / bucket_ns;
  // The references of a step stand a day and more before it, some of them shifted towards it.
  const std::int64_t last = series.head() + (kDayNs - baseline.shift_count * baseline.shift_ns) / bucket_ns;
  for (std::int64_t i = 0; i < steps.count; ++i) {
    const std::int64_t end = (steps.begin_ns + (i + 1) * steps.step_ns) / bucket_ns;
    if (end > last || length < 1) break;
    if (const auto normal = count_baseline(series, end, length, baseline))
      bands[static_cast<std::size_t>(i)] = expected_band(*normal, kBandTail);
  }
  return bands;
}

}  // namespace yupu::monitor
