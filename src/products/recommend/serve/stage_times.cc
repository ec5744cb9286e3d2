#include "products/recommend/serve/stage_times.h"

#include <algorithm>

namespace yupu::recommend {
namespace {

constexpr std::array<std::string_view, kStageCount> kNames = {"read", "order", "explore", "reasons", "keep"};

// REQUIRES: sorted, not empty.
double quantile_ms(const std::vector<std::int64_t>& times, double share) {
  const auto place = static_cast<std::size_t>(share * static_cast<double>(times.size() - 1) + 0.5);
  return static_cast<double>(times[place]) / 1e6;
}

}  // namespace

std::string_view stage_name(Stage stage) { return kNames[static_cast<std::size_t>(stage)]; }

void StageTimes::add(Stage stage, std::int64_t took_ns) {
  MutexLock lock(mutex_);
  Kept& kept = kept_[static_cast<std::size_t>(stage)];
  if (kept.last.size() < kTimesKept) {
    kept.last.push_back(took_ns);
  } else {
    kept.last[static_cast<std::size_t>(kept.count) % kTimesKept] = took_ns;
  }
  ++kept.count;
}

OrderedJson StageTimes::to_json() const {
  OrderedJson json = OrderedJson::array();
  MutexLock lock(mutex_);
  for (std::size_t stage = 0; stage < kStageCount; ++stage) {
    std::vector<std::int64_t> times = kept_[stage].last;
    if (times.empty()) continue;
    std::sort(times.begin(), times.end());
    json.push_back({{"stage", kNames[stage]},
                    {"lists", kept_[stage].count},
                    {"p50_ms", quantile_ms(times, 0.5)},
                    {"p95_ms", quantile_ms(times, 0.95)},
                    {"p99_ms", quantile_ms(times, 0.99)}});
  }
  return json;
}

}  // namespace yupu::recommend
