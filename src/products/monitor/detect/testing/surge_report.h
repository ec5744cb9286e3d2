// What the surge bench measures, and how it is printed.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/json.h"
#include "products/monitor/detect/series.h"
#include "products/monitor/detect/testing/peers.h"

namespace yupu::monitor::testing {

inline constexpr double kFactors[] = {3, 5, 10};
// Negatives usual in the surge's hour without it: 5 in the shortest window or more, 5 in the longest or more, fewer.
inline constexpr double kClassFloors[] = {20, 5, 0};
inline constexpr std::size_t kClassCount = 3;
inline constexpr const char* kClassNames[] = {">=20/h", "5-20/h", "<5/h"};

struct Found {
  std::size_t plants = 0;
  std::vector<double> delays_min;
  void add(std::int64_t delay_ns, bool found) {
    ++plants;
    if (found) delays_min.push_back(static_cast<double>(delay_ns) / static_cast<double>(kMinuteNs));
  }
};

struct Outcome {
  std::map<double, Found> by_factor[kClassCount];
  std::size_t positive_plants = 0;
  std::vector<std::int64_t> positive_alarms_ns;  // raised by a positive surge
  std::size_t false_alarms = 0;
  double weeks = 0;
};

struct Peer {
  std::string name;
  std::vector<double> (*scores)(std::span<const std::int64_t>, std::size_t, std::size_t);
  double usual;
};
inline const std::vector<Peer> kPeers = {
    {"z-score", z_scores, 4}, {"windowed Gaussian", windowed_gaussian, 5}, {"S-H-ESD", seasonal_hybrid_esd, 1}};

// A peer's threshold is chosen after the fact, so its scores are kept: the quiet run's, and each plant's.
struct PeerRun {
  std::vector<double> quiet;
  struct Plant {
    double factor;
    std::size_t kind;
    std::vector<std::pair<std::int64_t, double>> scores;  // (delay, score)
  };
  std::vector<Plant> plants;
  std::size_t alarms(double threshold) const {
    std::size_t count = 0;
    std::size_t last = 0;
    for (std::size_t i = 0; i < quiet.size(); ++i) {
      if (quiet[i] < threshold) continue;
      if (count == 0 || i - last > 12) ++count;
      last = i;
    }
    return count;
  }
};

struct SeriesRun {
  std::string name;
  bool held = false;
  double negatives_per_hour = 0;
  Outcome ours;
  std::vector<PeerRun> peers;
};

inline double quantile(std::vector<double> values, double q) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, static_cast<std::size_t>(q * static_cast<double>(values.size())))];
}

// One line of the report: a detector on one class of hours of some of the series.
struct ReportLine {
  std::string hours;   // kClassNames
  std::string series;  // tune, held, all
  std::string detector;
  double threshold = 0;  // a peer's
  double weeks = 0;
  std::size_t positive_plants = 0;
  std::size_t positive_alarms = 0;
};

// For bench/rows.py: what names the row comes first.
inline void print_json_row(const ReportLine& line, const std::map<double, Found>& by_factor, double alarms_per_week) {
  OrderedJson row = {{"part", "surges"}, {"hours", line.hours}, {"series", line.series}, {"detector", line.detector}};
  for (const auto& [factor, found] : by_factor) {
    const std::string name = fmt::format("x{:.0f}", factor);
    row[name + " plants"] = found.plants;
    row[name + " found"] = found.delays_min.size();
    row[name + " median min"] = quantile(found.delays_min, 0.5);
    row[name + " p95 min"] = quantile(found.delays_min, 0.95);
  }
  row["false a topic-week"] = alarms_per_week;
  row["topic-weeks"] = line.weeks;
  if (line.positive_plants > 0) {
    row["positive plants"] = line.positive_plants;
    row["positive alarms"] = line.positive_alarms;
  }
  if (line.threshold > 0) row["threshold"] = line.threshold;
  std::printf("%s\n", row.dump().c_str());
}

inline void print_row(const std::string& group, const std::string& detector, const std::map<double, Found>& by_factor,
                      double alarms_per_week) {
  std::printf("%-14s %-32s", group.c_str(), detector.c_str());
  for (const auto& [factor, found] : by_factor)
    std::printf("  x%-2.0f %5.1f%% (%2.0f, %2.0f)", factor,
                100 * static_cast<double>(found.delays_min.size()) /
                    static_cast<double>(std::max<std::size_t>(1, found.plants)),
                quantile(found.delays_min, 0.5), quantile(found.delays_min, 0.95));
  std::printf("  false/topic-week %.3f\n", alarms_per_week);
}

inline void print_peer(const ReportLine& line, std::size_t peer, const std::vector<const SeriesRun*>& runs,
                       std::size_t kind, bool json) {
  const auto alarms = [&](double threshold) {
    std::size_t sum = 0;
    for (const SeriesRun* run : runs) sum += run->peers[peer].alarms(threshold);
    return static_cast<double>(sum) / line.weeks;
  };
  const auto row = [&](double threshold, const std::string& how) {
    std::map<double, Found> by_factor;
    for (const SeriesRun* run : runs) {
      for (const PeerRun::Plant& plant : run->peers[peer].plants) {
        if (plant.kind != kind) continue;
        const auto hit = std::find_if(plant.scores.begin(), plant.scores.end(),
                                      [&](const auto& score) { return score.second >= threshold; });
        by_factor[plant.factor].add(hit == plant.scores.end() ? 0 : static_cast<std::int64_t>(hit->first),
                                    hit != plant.scores.end());
      }
    }
    ReportLine of_peer = line;
    of_peer.detector = fmt::format("{} {}", kPeers[peer].name, how);
    of_peer.threshold = threshold;
    if (json) return print_json_row(of_peer, by_factor, alarms(threshold));
    print_row(line.hours + " " + line.series, fmt::format("{} {:.1f}", of_peer.detector, threshold), by_factor,
              alarms(threshold));
  };
  row(kPeers[peer].usual, "as usual");
  // The lowest threshold that keeps what we promise, known only afterwards.
  double low = 0;
  double high = 1e6;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (alarms(middle) > 0.1 ? low : high) = middle;
  }
  row(high, "at 0.1 in hindsight");
}

inline void print_group(const std::string& series, const std::vector<const SeriesRun*>& runs, std::size_t kind,
                        bool peers, bool json) {
  if (runs.empty()) return;
  ReportLine line = {.hours = kClassNames[kind], .series = series, .detector = "yupu"};
  std::map<double, Found> by_factor;
  std::size_t alarms = 0;
  for (const SeriesRun* run : runs) {
    for (const auto& [factor, found] : run->ours.by_factor[kind]) {
      by_factor[factor].plants += found.plants;
      auto& delays = by_factor[factor].delays_min;
      delays.insert(delays.end(), found.delays_min.begin(), found.delays_min.end());
    }
    line.weeks += run->ours.weeks;
    alarms += run->ours.false_alarms;
    line.positive_plants += run->ours.positive_plants;
    line.positive_alarms += run->ours.positive_alarms_ns.size();
  }
  const double alarms_per_week = static_cast<double>(alarms) / line.weeks;
  if (json)
    print_json_row(line, by_factor, alarms_per_week);
  else
    print_row(line.hours + " " + line.series,
              fmt::format("yupu, positive x5: {} of {}", line.positive_alarms, line.positive_plants), by_factor,
              alarms_per_week);
  line.positive_plants = 0;  // peers are not asked about them
  for (std::size_t p = 0; p < kPeers.size() && peers; ++p) print_peer(line, p, runs, kind, json);
}

inline void print_report(const std::vector<SeriesRun>& all, bool peers, bool json) {
  for (const SeriesRun& run : all) {
    std::printf("%-10s %s %7.1f negatives/h, %5.1f weeks, %zu false alarms;", run.name.c_str(),
                run.held ? "held" : "tune", run.negatives_per_hour, run.ours.weeks, run.ours.false_alarms);
    for (std::size_t kind = 0; kind < kClassCount; ++kind) {
      for (const auto& [factor, found] : run.ours.by_factor[kind])
        std::printf(" x%.0f %zu/%zu", factor, found.delays_min.size(), found.plants);
      std::printf(" |");
    }
    std::printf("\n");
  }
  if (!json) std::printf("found %% (median, p95 minutes from the surge's start)\n");
  for (std::size_t kind = 0; kind < kClassCount; ++kind) {
    for (const std::string which : {"tune", "held", "all"}) {
      std::vector<const SeriesRun*> runs;
      for (const SeriesRun& run : all) {
        if (which == "all" || run.held == (which == "held")) runs.push_back(&run);
      }
      print_group(which, runs, kind, peers && which == "all", json);
    }
  }
}

}  // namespace yupu::monitor::testing
