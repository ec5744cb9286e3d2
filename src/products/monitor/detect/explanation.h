// Why an alarm was raised: everything its decision was computed from, so that whoever reads it computes the same
// values. Units    times ns UTC, tails as log10 of a probability, scores in 10^-6.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "products/monitor/detect/baseline.h"

namespace yupu::monitor {

enum class Cause : std::uint8_t {
  kSurge,          // both tests and the publishers
  kAbsoluteLimit,  // the count the user set
};
std::string_view cause_name(Cause cause);  // "surge", "absolute_limit"

// Both tests of one window, with what they were computed from.
struct WindowTest {
  std::int64_t total = 0;
  std::int64_t negative = 0;
  CountBaseline count = {};
  ShareBaseline share = {};
  double log10_count_tail = 0;  // P(at least that many negatives), negative binomial
  double log10_share_tail = 0;  // P(at least that many of the total), beta-binomial
  std::int64_t score_micro = 0;
};

// How the two tails make one score, with C and S their -log10:
//   score = min(S + min(C, count_cap), share_weight * S, count_weight * C)
// The sum is the -log10 of both happening at once by chance; the cap keeps a burst of documents, which makes C as large
// as it likes, from carrying the sum alone; the other two terms ask for either test by itself.
struct ScoreOptions {
  double count_cap = 4;
  double count_weight = 6;
  double share_weight = 1.2;
  Status validate() const;  // kInvalidArgument naming the field
};

WindowTest judge(std::int64_t total, std::int64_t negative, const CountBaseline& count, const ShareBaseline& share,
                 const ScoreOptions& options);

struct SeriesPoint {
  std::int64_t time_ns = 0;  // where the bucket begins
  std::int64_t total = 0;
  std::int64_t negative = 0;
  double mean = 0;  // expected negatives; 0 while there is no baseline, and then the band is 0 too
  double alpha = 0;
  Band band = {};
};

inline constexpr double kBandTail = 0.01;  // on either side of the band of a SeriesPoint

struct Explanation {
  Cause cause = Cause::kSurge;
  std::int64_t time_ns = 0;    // end of the window
  std::int64_t window_ns = 0;  // its length
  std::int64_t bucket_ns = 0;
  std::int64_t total = 0;
  std::int64_t negative = 0;
  ScoreOptions score = {};
  std::optional<WindowTest> test;     // absent where there was no baseline (absolute limit while learning)
  std::int64_t threshold_micro = 0;   // the score had to reach it (surge)
  std::optional<std::int64_t> limit;  // the count had to reach it (absolute limit)
  std::int64_t publishers_min = 0;
  std::vector<std::uint64_t> publishers = {};  // of the window's negatives, ascending
  std::vector<std::uint64_t> stories = {};     // of the window's negatives, evidence_max a bucket
  std::int64_t first_seen_ns = 0;              // the window's first negative document
  std::vector<SeriesPoint> series = {};        // up to and with the window
};

Json to_json(const Explanation& explanation);
// Errors: kInvalidArgument naming the member by its path.
Result<Explanation> explanation_from_json(const Json& json, const std::string& path);

// Computes every derived value again and compares bit for bit. kInternal naming what differs.
Status verify(const Explanation& explanation);

}  // namespace yupu::monitor
