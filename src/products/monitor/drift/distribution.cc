#include "products/monitor/drift/distribution.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "base/check.h"

namespace yupu::monitor {
namespace {

constexpr double kLogOddsMax = 6;
constexpr std::int64_t kGroups = 10;
constexpr double kMovedPsi = 0.1;
constexpr double kDriftedPsi = 0.25;
constexpr double kChance = 0.001;

// P(K > x) of Kolmogorov's distribution.
double kolmogorov_tail(double x) {
  if (x < 0.2) return 1;  // the series alternates there; the probability is 1 to twelve digits
  double sum = 0;
  double sign = 1;
  for (int k = 1; k <= 100; ++k) {
    const double term = std::exp(-2.0 * k * k * x * x);
    sum += sign * term;
    if (term < 1e-16) break;
    sign = -sign;
  }
  return std::clamp(2 * sum, 0.0, 1.0);
}

// Where each group of bins ends.
std::vector<std::size_t> group_ends(const ScoreCounts& reference) {
  const std::int64_t total = reference.total();
  std::vector<std::size_t> ends;
  std::int64_t held = 0, left = total;
  for (std::size_t bin = 0; bin < kScoreBins; ++bin) {
    held += reference.bins[bin];
    left -= reference.bins[bin];
    // What is left over is no group of its own.
    if (held * kGroups < total || left * kGroups < total) continue;
    ends.push_back(bin + 1);
    held = 0;
  }
  ends.push_back(kScoreBins);
  return ends;
}

}  // namespace

std::size_t score_bin(double negative) {
  const double p = std::clamp(std::isnan(negative) ? 0.0 : negative, 1e-9, 1 - 1e-9);
  const double place = (std::log(p / (1 - p)) + kLogOddsMax) / (2 * kLogOddsMax) * static_cast<double>(kScoreBins);
  return static_cast<std::size_t>(std::clamp(place, 0.0, static_cast<double>(kScoreBins - 1)));
}

void ScoreCounts::add(const Probabilities& score) {
  ++bins[score_bin(score.negative)];
  if (std::max({score.negative, score.neutral, score.positive}) < kUnsureBelow) ++unsure;
}

std::int64_t ScoreCounts::total() const { return std::accumulate(bins.begin(), bins.end(), std::int64_t{0}); }

Shift shift_between(const ScoreCounts& reference, const ScoreCounts& now) {
  const auto n = static_cast<double>(reference.total());
  const auto m = static_cast<double>(now.total());
  CHECK(n > 0 && m > 0, "a distribution of nothing");
  Shift shift;
  const std::vector<std::size_t> ends = group_ends(reference);
  const double more = 0.5 * static_cast<double>(ends.size());
  std::size_t begin = 0;
  for (const std::size_t end : ends) {
    double before = 0.5, after = 0.5;
    for (; begin < end; ++begin) {
      before += static_cast<double>(reference.bins[begin]);
      after += static_cast<double>(now.bins[begin]);
    }
    const double p = before / (n + more), q = after / (m + more);
    shift.psi += (q - p) * std::log(q / p);
  }
  double p = 0, q = 0;
  for (std::size_t bin = 0; bin < kScoreBins; ++bin) {
    p += static_cast<double>(reference.bins[bin]) / n;
    q += static_cast<double>(now.bins[bin]) / m;
    shift.ks = std::max(shift.ks, std::fabs(p - q));
  }
  const double size = std::sqrt(n * m / (n + m));
  shift.ks_tail = kolmogorov_tail((size + 0.12 + 0.11 / size) * shift.ks);
  return shift;
}

std::string_view verdict_name(DriftVerdict verdict) {
  switch (verdict) {
    case DriftVerdict::kReference:
      return "reference";
    case DriftVerdict::kTooFew:
      return "too_few";
    case DriftVerdict::kSteady:
      return "steady";
    case DriftVerdict::kMoved:
      return "moved";
    case DriftVerdict::kDrifted:
      return "drifted";
  }
  return "";
}

DriftVerdict verdict_of(const Shift& shift) {
  if (shift.psi < kMovedPsi || shift.ks_tail >= kChance) return DriftVerdict::kSteady;
  return shift.psi < kDriftedPsi ? DriftVerdict::kMoved : DriftVerdict::kDrifted;
}

}  // namespace yupu::monitor
