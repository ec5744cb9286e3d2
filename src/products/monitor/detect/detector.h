// One topic under watch: its series, what is normal, and where its alarm stands.
//
//             tests pass, but hold or publishers missing           keep_firing without release
//   quiet ------------------------------------------> pending        .--------.
//     |  ^ \                                             |           |        v
//     |  |  '--------------- condition ------------------+------> firing   resolved
//     |  |                                                           ^        |  |
//     |  '-------------------- reopen_ns later --------------------------------' |
//     '-- learning (fewer than learning_ns of usable history)        '-----------' condition again: the same alarm
//
// Condition: in one window, count test and share test (explanation.h) both so far out that the score reaches the
// topic's threshold (threshold.h), and publishers_min distinct publishers. Or: the user's absolute limit, which is all
// that counts while learning. A surge of positive or neutral documents changes neither test's numerator. Release
// (hysteresis): the window that fired falls below release_ratio of what it had to reach. Frozen: the buckets of the
// window that fired and all while firing are in no baseline and teach the threshold nothing. A crisis that outlasts the
// history leaves no baseline: the topic learns anew and the alarm resolves. Gap: a bucket that no window without a gap
// ends at is not judged: nothing fires, nothing resolves, no time runs. Threads: one owner.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "products/monitor/detect/baseline.h"
#include "products/monitor/detect/explanation.h"
#include "products/monitor/detect/series.h"
#include "products/monitor/detect/threshold.h"

namespace yupu::monitor {

struct SurgeRule {
  SeriesOptions series;
  BaselineOptions baseline;
  ThresholdOptions threshold;  // its units in buckets are set from the series
  std::vector<std::int64_t> windows_ns = {15 * kMinuteNs, 30 * kMinuteNs, 60 * kMinuteNs};  // ascending
  std::int64_t publishers_min = 3;
  ScoreOptions score;
  double release_ratio = 0.5;
  std::int64_t hold_ns = 0;  // the condition must last this long
  std::int64_t keep_firing_ns = 15 * kMinuteNs;
  std::int64_t reopen_ns = kHourNs;
  std::int64_t explained_ns = 6 * kHourNs;     // length of an explanation's series
  std::optional<std::int64_t> absolute_limit;  // negatives in the longest window
  Status validate() const;                     // kInvalidArgument naming the field
};

enum class TopicState : std::uint8_t { kQuiet, kLearning, kPending, kFiring, kResolved };
std::string_view state_name(TopicState state);

// One step of a topic's state, at the end of the bucket that brought it.
struct Change {
  std::string topic;
  TopicState from = TopicState::kQuiet;
  TopicState to = TopicState::kQuiet;
  std::int64_t time_ns = 0;
  std::string alarm = {};                       // "<topic>@<first fired, ns>"; empty where no alarm is concerned
  std::optional<Explanation> explanation = {};  // of every change to kFiring
};
Json to_json(const Change& change);

class TopicDetector {
 public:
  // REQUIRES: rule.validate().ok(), now_ns >= 0.
  TopicDetector(std::string name, SurgeRule rule, std::int64_t now_ns);

  Result<bool> add(const Document& document) { return series_.add(document); }  // as TopicSeries::add
  void open_gap(std::int64_t since_ns) { series_.open_gap(since_ns); }
  void close_gap() { series_.close_gap(); }

  std::int64_t next_ns() const;  // when the open bucket ends
  // Closes the open bucket and judges it.
  std::optional<Change> step();

  const std::string& name() const { return name_; }
  TopicState state() const { return state_; }
  bool learning() const;
  const TopicSeries& series() const { return series_; }
  // Of the windows that end at the open bucket and can be judged, shortest first.
  std::vector<WindowTest> tests() const;
  std::int64_t threshold_micro(std::size_t window_index) const { return thresholds_[window_index].threshold_micro(); }

  Json to_json() const;
  // Errors: kInvalidArgument naming the member by its path.
  static Result<TopicDetector> from_json(const Json& json, const std::string& path, SurgeRule rule);

 private:
  struct Judged {
    std::size_t index = 0;    // of the window in the rule
    std::int64_t window = 0;  // buckets
    WindowCount count;
    std::optional<WindowTest> test;
  };
  TopicDetector(std::string name, SurgeRule rule, TopicSeries series);
  std::vector<Judged> judge_windows() const;
  struct Verdict {
    const Judged* met = nullptr;  // the window that meets the condition
    Cause cause = Cause::kSurge;
    bool tests_pass = false;  // of any window, publishers or not
  };
  Verdict verdict(const std::vector<Judged>& windows) const;
  std::optional<bool> still_on(const std::vector<Judged>& windows) const;  // absent: its window has a gap
  Explanation explain(const Judged& judged, Cause cause) const;
  Change change_to(TopicState to);
  Change fire(const Judged& judged, Cause cause);
  std::optional<Change> next_state(const std::vector<Judged>& windows);
  std::optional<Change> next_while_firing(const std::vector<Judged>& windows);
  void learn(const std::vector<Judged>& windows);

  std::string name_;
  SurgeRule rule_;
  TopicSeries series_;
  std::vector<PeakThreshold> thresholds_;  // of each window
  TopicState state_ = TopicState::kLearning;
  std::int64_t since_count_ = 0;       // judged buckets in this state: the hold, the reopening
  std::int64_t calm_count_ = 0;        // judged buckets below release while firing
  std::int64_t first_fired_ns_ = 0;    // of the alarm at hand
  std::optional<Explanation> firing_;  // of the alarm at hand, as it fired last
};

}  // namespace yupu::monitor
