// What is normal: how many negative documents a window of this topic has at this time of the day, and which share of
// its documents is negative.
//
// count  Reference windows: the same length, on each of the past `history_ns` days, at the same time of day and at
//        shifts of it; on days of the same kind (weekday, weekend) once there are days_of_kind_min of them, on all days
//        before. On the scale sqrt(x + 3/8) (Anscombe 1948, Biometrika 35, p. 246), where a Poisson count has variance
//        1/4 whatever its mean: median and MAD; a reference further than clip MADs from the median is drawn in to
//        there. mean and alpha are the moments of what results: exact at counts of 0 and 1, where a median is not, and
//        a past crisis weighs as one clipped window.
// share  Windows of the same length, end to end, over the last share_ns before the guard. A first share in which no
// window
//        weighs more than the median one; then three passes: residuals in standard deviations of the beta-binomial of
//        the pass before, drawn in to clip MADs of their median, and from them share and rho by the method of moments
//        (Kleinman 1973, JASA 68, section 3), each window with the inverse of its variance.
// local  A share wanders, and what was published in the `local_ns` that end a window's length before a window say where
//        it is; a surge as long as two windows is not in them. For windows that are shorter than that: its departure
//        from the share (a posterior mean, the share being worth 1/rho - 1 documents), drawn in to clip MADs, times the
//        slope that the references have on theirs by weighted least squares: 0 where nothing wanders, never above 1.
//        rho is that of what the slope leaves. So a sudden turn stands out from the hour before it, not from two weeks
//        of wandering. The longest window keeps the two weeks: a crisis that creeps in over hours takes the hour before
//        it along. None where that hour has a gap or a crisis in it.
// Windows with a gap or a frozen bucket are no reference. Pure functions of the series.
#pragma once

#include <cstdint>
#include <optional>

#include "products/monitor/detect/series.h"

namespace yupu::monitor {

struct BaselineOptions {
  std::int64_t history_ns = 28 * kDayNs;
  std::int64_t learning_ns = 7 * kDayNs;  // of usable buckets; a topic with fewer is learning
  std::int64_t share_ns = 14 * kDayNs;
  std::int64_t local_ns = kHourNs;         // 0: no window looks at what came just before it
  std::int64_t guard_ns = kHourNs;         // before the window: no share reference, a surge may have begun there
  std::int64_t shift_ns = 15 * kMinuteNs;  // reference windows also stand shift_count shifts before and after
  std::int64_t shift_count = 2;
  std::int64_t days_of_kind_min = 4;
  std::int64_t zone_ns = 8 * kHourNs;  // east of UTC: where a day, and a weekend, begins
  double clip_mads = 3;
  Status validate() const;  // kInvalidArgument naming the field
};

struct CountBaseline {
  double mean = 0;   // > 0
  double alpha = 0;  // variance = mean + alpha mean^2
  std::int64_t reference_count = 0;
};

struct ShareBaseline {
  double share = 0;  // in (0, 1)
  double rho = 0;    // in [0, kRhoMax]
  std::int64_t document_count = 0;
};

inline constexpr double kAlphaMax = 4;
inline constexpr double kRhoMax = 0.5;

// For the window of `length` buckets that ends before bucket `end`. Absent with fewer than two reference days.
std::optional<CountBaseline> count_baseline(const TopicSeries& series, std::int64_t end, std::int64_t length,
                                            const BaselineOptions& options);
// Absent without a document in the references.
std::optional<ShareBaseline> share_baseline(const TopicSeries& series, std::int64_t end, std::int64_t length,
                                            const BaselineOptions& options);

// The counts between which a window is expected with probability 1 - 2 * tail: the band drawn around the series.
struct Band {
  std::int64_t low = 0;
  std::int64_t high = 0;
};
Band expected_band(const CountBaseline& baseline, double tail);

}  // namespace yupu::monitor
