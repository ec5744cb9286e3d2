#include "products/monitor/detect/baseline.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "products/monitor/detect/tails.h"

namespace yupu::monitor {
namespace {

constexpr double kAnscombe = 3.0 / 8;
constexpr double kMadToSd = 1.4826;  // of a normal variable
constexpr double kSqrtSdMin = 0.5;   // of sqrt(x + 3/8) where x is a Poisson count
constexpr double kShareMin = 1e-4;
constexpr double kRhoFirst = 0.01;  // of the first pass
constexpr int kSharePasses = 3;
constexpr double kRhoLocalMin = 1e-6;         // below it shares do not wander, and there is nothing to follow
constexpr std::size_t kLocalWindowsMin = 48;  // that have an hour before them

// REQUIRES: not empty. Reorders `values`.
double median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

struct Spread {
  double center = 0;
  double scale = 0;
};

// Median, and MAD as a standard deviation.
Spread median_and_mad(std::vector<double> values) {
  const double center = median(values);
  for (double& value : values) value = std::fabs(value - center);
  return {.center = center, .scale = kMadToSd * median(values)};
}

bool weekend(std::int64_t time_ns, const BaselineOptions& options) {
  const std::int64_t day = (time_ns + options.zone_ns) / kDayNs;  // day 0 was a Thursday
  return day % 7 == 2 || day % 7 == 3;
}

}  // namespace

Status BaselineOptions::validate() const {
  const auto wrong = [](std::string_view field, std::string_view why) {
    return invalid_argument(fmt::format("baseline: {}: {}", field, why), std::string(field));
  };
  if (history_ns < 2 * kDayNs) return wrong("history_ns", "two days or more");
  if (learning_ns < 2 * kDayNs || learning_ns > history_ns) return wrong("learning_ns", "from two days to history_ns");
  if (share_ns < kDayNs || share_ns > history_ns) return wrong("share_ns", "from a day to history_ns");
  if (local_ns < 0 || local_ns > kDayNs) return wrong("local_ns", "from 0 to a day");
  if (guard_ns < 0 || guard_ns > kDayNs) return wrong("guard_ns", "from 0 to a day");
  if (shift_ns < 0 || shift_count < 0 || shift_ns * shift_count > kDayNs / 4)
    return wrong("shift_count", "shifts of 6 hours at most");
  if (days_of_kind_min < 2) return wrong("days_of_kind_min", "two or more");
  if (zone_ns < -kDayNs / 2 || zone_ns > 14 * kHourNs) return wrong("zone_ns", "from -12 to 14 hours");
  if (!(clip_mads >= 1)) return wrong("clip_mads", "1 or more");
  return ok_status();
}

std::optional<CountBaseline> count_baseline(const TopicSeries& series, std::int64_t end, std::int64_t length,
                                            const BaselineOptions& options) {
  const std::int64_t bucket_ns = series.options().bucket_ns;
  const std::int64_t per_day = kDayNs / bucket_ns;
  const std::int64_t shift = series.buckets_in(options.shift_ns);
  const bool kind = weekend((end - length) * bucket_ns, options);
  std::vector<double> same;
  std::vector<double> all;
  std::int64_t same_days = 0;
  std::int64_t all_days = 0;
  for (std::int64_t day = 1; day * kDayNs <= options.history_ns; ++day) {
    const std::int64_t day_end = end - day * per_day;
    if (day_end - length < series.first()) break;
    const std::size_t before = all.size();
    const bool of_kind = weekend((day_end - length) * bucket_ns, options) == kind;
    for (std::int64_t step = -options.shift_count; step <= options.shift_count; ++step) {
      const std::int64_t reference_end = day_end + step * shift;
      if (reference_end > end - length) continue;  // would overlap the window itself
      const WindowCount reference = series.count(reference_end - length, reference_end);
      if (reference.gap || reference.frozen) continue;
      const double value = std::sqrt(static_cast<double>(reference.negative) + kAnscombe);
      all.push_back(value);
      if (of_kind) same.push_back(value);
    }
    if (all.size() == before) continue;
    ++all_days;
    if (of_kind) ++same_days;
  }
  if (all_days < 2) return std::nullopt;
  std::vector<double>& values = same_days >= options.days_of_kind_min ? same : all;
  const Spread spread = median_and_mad(values);
  const double reach = options.clip_mads * std::max(spread.scale, kSqrtSdMin);
  double sum = 0;
  for (double& value : values) {
    const double clipped = std::clamp(value, spread.center - reach, spread.center + reach);
    value = std::max(0.0, clipped * std::fabs(clipped) - kAnscombe);
    sum += value;
  }
  const auto count = static_cast<double>(values.size());
  // Half a document over all references: a topic that never had one still has a mean.
  const double mean = (sum + 0.5) / count;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  const double variance = count > 1 ? squares / (count - 1) : mean;
  return CountBaseline{.mean = mean,
                       .alpha = std::clamp((variance - mean) / (mean * mean), 0.0, kAlphaMax),
                       .reference_count = static_cast<std::int64_t>(values.size())};
}

namespace {

// One reference of the share: a window, and what was published just before it.
struct ShareWindow {
  double total = 0;
  double negative = 0;
  std::optional<WindowCount> before = {};  // absent: it has a gap or a crisis in it
};

// How far each window's negatives are from the share, in documents, drawn in to `clip` robust deviations.
std::vector<double> residuals_of(const std::vector<ShareWindow>& windows, const ShareBaseline& baseline, double clip) {
  const double p = baseline.share;
  const auto deviation = [&](double n) { return std::sqrt(n * p * (1 - p) * (1 + (n - 1) * baseline.rho)); };
  std::vector<double> residuals;
  residuals.reserve(windows.size());
  for (const ShareWindow& window : windows)
    residuals.push_back((window.negative - window.total * p) / deviation(window.total));
  const Spread spread = median_and_mad(residuals);
  const double reach = clip * std::max(spread.scale, 1.0);
  for (std::size_t i = 0; i < windows.size(); ++i)
    residuals[i] = std::clamp(residuals[i], spread.center - reach, spread.center + reach) * deviation(windows[i].total);
  return residuals;
}

// rho by the method of moments, each window with the inverse variance of its square.
class RhoMoments {
 public:
  explicit RhoMoments(const ShareBaseline& baseline)
      : rho_(baseline.rho), variance_(baseline.share * (1 - baseline.share)) {}
  void add(double n, double residual) {
    const double inflation = 1 + (n - 1) * rho_;
    // E residual^2 = n p q (1 + (n - 1) rho)
    above_ += (residual * residual / (n * variance_) - 1) * (n - 1) / (inflation * inflation);
    pairs_ += (n - 1) * (n - 1) / (inflation * inflation);
  }
  double rho() const { return pairs_ > 0 ? std::clamp(above_ / pairs_, 0.0, kRhoMax) : 0.0; }

 private:
  double rho_, variance_;
  double above_ = 0, pairs_ = 0;
};

// Share and rho of windows whose residuals, in standard deviations of the beta-binomial of `before`, are drawn in to
// `clip` robust deviations. Every window weighs by what it tells: for the share n / (1 + (n - 1) rho), so that a burst
// of documents is not the baseline; for rho the inverse variance of its square.
ShareBaseline reweighted(const std::vector<ShareWindow>& windows, const ShareBaseline& before, double clip) {
  const std::vector<double> residuals = residuals_of(windows, before, clip);
  RhoMoments moments(before);
  double weights = 0;
  double shares = 0;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const double n = windows[i].total;
    const double inflation = 1 + (n - 1) * before.rho;
    weights += n / inflation;
    shares += (n * before.share + residuals[i]) / inflation;
    moments.add(n, residuals[i]);
  }
  return {.share = std::clamp((shares + 0.5) / (weights + 1), kShareMin, 1 - kShareMin),
          .rho = moments.rho(),
          .document_count = before.document_count};
}

// The share that is to be expected after what was published just before: see `local` in baseline.h.
ShareBaseline after_what_came_before(const std::vector<ShareWindow>& windows, const ShareBaseline& usual,
                                     const WindowCount& before, double clip) {
  if (usual.rho < kRhoLocalMin) return usual;
  const double prior = 1 / usual.rho - 1;  // documents that the usual share is worth
  const auto departure = [&](const WindowCount& count) {
    const auto n = static_cast<double>(count.total);
    return (static_cast<double>(count.negative) - n * usual.share) / (n + prior);
  };
  std::vector<double> departures;
  for (const ShareWindow& window : windows) {
    if (window.before) departures.push_back(departure(*window.before));
  }
  if (departures.size() < kLocalWindowsMin) return usual;
  const Spread spread = median_and_mad(departures);
  const auto clipped = [&](double x) {
    return std::clamp(x, spread.center - clip * spread.scale, spread.center + clip * spread.scale);
  };
  const std::vector<double> residuals = residuals_of(windows, usual, clip);
  double products = 0;
  double squares = 0;
  std::size_t at = 0;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    if (!windows[i].before) continue;
    const double n = windows[i].total;
    const double x = clipped(departures[at++]);
    const double inflation = 1 + (n - 1) * usual.rho;  // the residual's variance is n p q times it
    products += residuals[i] * x / inflation;
    squares += n * x * x / inflation;
  }
  if (!(squares > 0)) return usual;
  const double slope = std::clamp(products / squares, 0.0, 1.0);
  RhoMoments moments(usual);
  at = 0;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    if (!windows[i].before) continue;
    const double n = windows[i].total;
    moments.add(n, residuals[i] - n * slope * clipped(departures[at++]));
  }
  return {.share = std::clamp(usual.share + slope * clipped(departure(before)), kShareMin, 1 - kShareMin),
          .rho = std::min(usual.rho, moments.rho()),
          .document_count = usual.document_count};
}

}  // namespace

std::optional<ShareBaseline> share_baseline(const TopicSeries& series, std::int64_t end, std::int64_t length,
                                            const BaselineOptions& options) {
  const std::int64_t local = series.buckets_in(options.local_ns);
  const bool follows = length < local;
  const auto before = [&](std::int64_t begin) -> std::optional<WindowCount> {
    const WindowCount count = series.count(begin - length - local, begin - length);
    if (count.gap || count.frozen) return std::nullopt;
    return count;
  };
  std::vector<ShareWindow> windows;
  std::vector<double> totals;
  std::int64_t documents = 0;
  const std::int64_t oldest = std::max(series.first(), end - series.buckets_in(options.share_ns));
  for (std::int64_t to = end - length - series.buckets_in(options.guard_ns); to - length >= oldest; to -= length) {
    const WindowCount window = series.count(to - length, to);
    if (window.gap || window.frozen || window.total == 0) continue;
    windows.push_back({.total = static_cast<double>(window.total), .negative = static_cast<double>(window.negative)});
    if (follows) windows.back().before = before(to - length);
    totals.push_back(static_cast<double>(window.total));
    documents += window.total;
  }
  if (windows.empty()) return std::nullopt;
  // To begin with, no window weighs more than the median one: a day of crisis speaks for one day.
  const double weight_max = median(totals);
  double weights = 0;
  double shares = 0;
  for (const ShareWindow& window : windows) {
    const double weight = std::min(window.total, weight_max);
    weights += weight;
    shares += weight * window.negative / window.total;
  }
  ShareBaseline baseline{.share = std::clamp((shares + 0.5) / (weights + 1), kShareMin, 1 - kShareMin),
                         .rho = kRhoFirst,
                         .document_count = documents};
  for (int pass = 0; pass < kSharePasses; ++pass) baseline = reweighted(windows, baseline, options.clip_mads);
  if (!follows) return baseline;
  const std::optional<WindowCount> now = before(end - length);
  return now ? after_what_came_before(windows, baseline, *now, options.clip_mads) : baseline;
}

Band expected_band(const CountBaseline& baseline, double tail) {
  const double log10_tail = std::log10(tail);
  const auto upper = [&](std::int64_t k) { return log10_tail_negative_binomial(k, baseline.mean, baseline.alpha); };
  // Both ends by bisection of a falling function: the first k with P(X >= k) <= limit.
  const auto first_at_most = [&](double limit) {
    std::int64_t high = 1;
    while (upper(high) > limit) high *= 2;
    std::int64_t low = 0;
    while (high - low > 1) {
      const std::int64_t middle = low + (high - low) / 2;
      (upper(middle) > limit ? low : high) = middle;
    }
    return high;
  };
  const double lower_limit = std::log1p(-tail) / std::log(10.0);
  return {.low = first_at_most(lower_limit) - 1, .high = first_at_most(log10_tail) - 1};
}

}  // namespace yupu::monitor
