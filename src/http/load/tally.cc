#include "http/load/tally.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace yupu::http {
namespace {

double rounded(double value) { return std::round(value * 1000.0) / 1000.0; }

}  // namespace

double percentile_ms(std::vector<std::uint32_t>& latencies_us, double share) {
  if (latencies_us.empty()) return 0.0;
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(latencies_us.size())));
  const std::size_t index = std::min(latencies_us.size(), std::max<std::size_t>(rank, 1)) - 1;
  std::nth_element(latencies_us.begin(), latencies_us.begin() + static_cast<std::ptrdiff_t>(index), latencies_us.end());
  return static_cast<double>(latencies_us[index]) / 1000.0;
}

void Tally::add(int status, bool retry_after, std::int64_t latency_ns) {
  ++statuses[status];
  const std::int64_t us = std::clamp<std::int64_t>(latency_ns / 1000, 0, std::numeric_limits<std::uint32_t>::max());
  if (status < 300) answered_us.push_back(static_cast<std::uint32_t>(us));
  if (status != 429) return;
  refused_us.push_back(static_cast<std::uint32_t>(us));
  if (retry_after) ++refused_with_retry_after;
}

OrderedJson Tally::to_json(double offered_seconds) {
  const auto answered = static_cast<double>(answered_us.size());
  const auto refused = static_cast<double>(refused_us.size());
  std::int64_t other = 0;
  for (const auto& [status, count] : statuses) {
    if (status >= 300 && status != 429) other += count;
  }
  OrderedJson json;
  json["offered"] = offered;
  json["offered_per_s"] = rounded(static_cast<double>(offered) / offered_seconds);
  json["answered"] = answered_us.size();
  json["answered_per_s"] = rounded(answered / std::max(seconds, 1e-9));
  json["ms_p50"] = percentile_ms(answered_us, 0.5);
  json["ms_p99"] = percentile_ms(answered_us, 0.99);
  json["ms_p999"] = percentile_ms(answered_us, 0.999);
  json["ms_max"] = percentile_ms(answered_us, 1.0);
  json["refused"] = refused_us.size();
  json["refused_share"] = rounded(offered == 0 ? 0.0 : refused / static_cast<double>(offered));
  json["refused_with_retry_after"] = refused_with_retry_after;
  json["refused_ms_p99"] = percentile_ms(refused_us, 0.99);
  json["other"] = other;
  json["broken"] = broken;
  json["unanswered"] = unanswered;
  json["reopened"] = reopened;
  return json;
}

}  // namespace yupu::http
