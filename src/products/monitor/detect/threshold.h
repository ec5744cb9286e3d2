// The threshold of a topic's score, from the number of false alarms that was promised, learned from the topic itself.
//
// Peaks over a threshold, after Siffer, Fouque, Termier, Largouet 2017, "Anomaly Detection in Streams with Extreme
// Value Theory", KDD-17, algorithms 1 and 2 (SPOT): what exceeds a low level is kept, its tail is fitted, and the
// height that is exceeded as seldom as was promised is the threshold; what is beyond the threshold is not learned from.
// Where we depart from it:
//  - Excesses are taken per cluster: scores above the level within cluster_ns of each other are one peak (runs
//    declustering; Davison, Smith 1990, JRSS-B 52, section 2), since one false alarm is one episode, not one bucket.
//    The promise is thus kept in its own unit, episodes a topic-week, instead of a probability per bucket.
//  - The shape of the generalised Pareto is 0 (an exponential tail). The score is -log10 of a tail probability: its own
//    tail is exponential wherever the model of the counts is off by a power. One parameter instead of two from some
//    dozens of peaks.
//  - The excesses are robust (none counts for more than four times the scale that the median gives), begin from
//    prior_count peaks of prior_excess, and a peak beyond the threshold counts as one that reached it.
//  - The mean excess is known from n peaks only, and a threshold set by a mean that came out too low is crossed more
//    often than one set by a mean too high is spared. What is promised is therefore kept by the tail of the next
//    excess given those seen, (1 + x / sum)^-n: exponential tails averaged over what the mean may be (its posterior,
//    Gelman et al. 2013, "Bayesian Data Analysis", section 2.6), and not by the tail of the mean alone.
//       threshold = level + sum * ((peaks a week / alarms promised a week)^(1 / n) - 1)      within [floor, ceiling]
//
// Units    scores and thresholds in 10^-6 (micro), so that the state holds integers only.
// Threads  one owner.
#pragma once

#include <cstdint>
#include <deque>

#include "base/json.h"
#include "base/status.h"

namespace yupu::monitor {

struct ThresholdOptions {
  double alarms_per_week = 0.1;
  std::int64_t level_micro = 2'000'000;
  std::int64_t floor_micro = 2'000'000;
  std::int64_t ceiling_micro = 14'000'000;
  std::int64_t cluster_buckets = 12;
  std::int64_t span_buckets = 28 * 288;
  double buckets_per_week = 7 * 288;
  double prior_count = 10;
  double prior_excess = 0.5;  // in units of the score
  Status validate() const;    // kInvalidArgument naming the field
};

class PeakThreshold {
 public:
  // REQUIRES: options.validate().ok().
  explicit PeakThreshold(ThresholdOptions options) : options_(options) {}

  // One closed bucket's score. Buckets ascend; those that cannot be judged are left out.
  void observe(std::int64_t bucket, std::int64_t score_micro);
  std::int64_t threshold_micro() const;

  Json to_json() const;
  // Errors: kInvalidArgument naming the member by its path.
  static Result<PeakThreshold> from_json(const Json& json, const std::string& path, ThresholdOptions options);

 private:
  struct Peak {
    std::int64_t bucket = 0;  // last bucket of the cluster above the level
    std::int64_t score_micro = 0;
  };
  ThresholdOptions options_;
  std::int64_t observed_count_ = 0;  // at most span_buckets
  std::deque<Peak> peaks_;           // the last may still grow
};

}  // namespace yupu::monitor
