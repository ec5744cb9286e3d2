#include "products/monitor/detect/threshold.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include <fmt/format.h>

#include "products/monitor/detect/state_reader.h"

namespace yupu::monitor {
namespace {

constexpr double kExcessMaxScales = 4;

std::int64_t to_micro(double score) { return std::llround(score * 1e6); }

}  // namespace

Status ThresholdOptions::validate() const {
  const auto wrong = [](std::string_view field, std::string_view why) {
    return invalid_argument(fmt::format("threshold: {}: {}", field, why), std::string(field));
  };
  if (!(alarms_per_week > 0) || alarms_per_week > 100) return wrong("alarms_per_week", "above 0, at most 100");
  if (level_micro <= 0) return wrong("level_micro", "above 0");
  if (floor_micro < level_micro) return wrong("floor_micro", "at least level_micro");
  if (ceiling_micro < floor_micro) return wrong("ceiling_micro", "at least floor_micro");
  if (cluster_buckets < 1) return wrong("cluster_buckets", "1 or more");
  if (span_buckets < 1) return wrong("span_buckets", "1 or more");
  if (!(buckets_per_week > 0)) return wrong("buckets_per_week", "above 0");
  if (!(prior_count > 0)) return wrong("prior_count", "above 0");
  if (!(prior_excess > 0)) return wrong("prior_excess", "above 0");
  return ok_status();
}

void PeakThreshold::observe(std::int64_t bucket, std::int64_t score_micro) {
  const std::int64_t limited = std::min(score_micro, threshold_micro());
  observed_count_ = std::min(observed_count_ + 1, options_.span_buckets);
  while (!peaks_.empty() && peaks_.front().bucket <= bucket - options_.span_buckets) peaks_.pop_front();
  if (limited < options_.level_micro) return;
  if (!peaks_.empty() && bucket - peaks_.back().bucket <= options_.cluster_buckets) {
    peaks_.back() = {.bucket = bucket, .score_micro = std::max(peaks_.back().score_micro, limited)};
  } else {
    peaks_.push_back({.bucket = bucket, .score_micro = limited});
  }
}

std::int64_t PeakThreshold::threshold_micro() const {
  const double week_count = static_cast<double>(observed_count_) / options_.buckets_per_week;
  const auto peak_count = static_cast<double>(peaks_.size());
  // The prior's peaks count for the excess only: how often a topic peaks is its own affair, after the first day.
  const double peaks_per_week = (peak_count + 1) / std::max(week_count, 1.0 / 7);
  double sum = options_.prior_count * options_.prior_excess;
  if (!peaks_.empty()) {
    std::vector<double> excesses;
    excesses.reserve(peaks_.size());
    for (const Peak& peak : peaks_)
      excesses.push_back(static_cast<double>(peak.score_micro - options_.level_micro) * 1e-6);
    std::sort(excesses.begin(), excesses.end());
    const double scale = excesses[excesses.size() / 2] / std::numbers::ln2;
    for (const double excess : excesses) sum += std::min(excess, kExcessMaxScales * scale);
  }
  const double odds = std::max(0.0, std::log(peaks_per_week / options_.alarms_per_week));
  const double learned_count = peak_count + options_.prior_count;
  const double height = sum * std::expm1(odds / learned_count);
  return std::clamp(options_.level_micro + to_micro(height), options_.floor_micro, options_.ceiling_micro);
}

Json PeakThreshold::to_json() const {
  Json peaks = Json::array();
  for (const Peak& peak : peaks_) peaks.push_back({peak.bucket, peak.score_micro});
  return {{"observed_count", observed_count_}, {"peaks", std::move(peaks)}};
}

Result<PeakThreshold> PeakThreshold::from_json(const Json& json, const std::string& path, ThresholdOptions options) {
  const StateReader reader(json, path);
  YUPU_RETURN_IF_ERROR(reader.only({"observed_count", "peaks"}));
  PeakThreshold threshold(options);
  YUPU_ASSIGN_OR_RETURN(threshold.observed_count_, reader.integer("observed_count", 0, options.span_buckets));
  YUPU_ASSIGN_OR_RETURN(const auto peaks, reader.rows("peaks", 2));
  for (const auto& row : peaks) {
    const Peak peak{.bucket = row[0], .score_micro = row[1]};
    if (peak.score_micro < options.level_micro || peak.score_micro > options.ceiling_micro)
      return reader.wrong("peaks", "a score outside the level and the ceiling");
    if (!threshold.peaks_.empty() && peak.bucket - threshold.peaks_.back().bucket <= options.cluster_buckets)
      return reader.wrong("peaks", "peaks of one cluster");
    threshold.peaks_.push_back(peak);
  }
  return threshold;
}

}  // namespace yupu::monitor
