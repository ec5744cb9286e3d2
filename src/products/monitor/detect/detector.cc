#include "products/monitor/detect/detector.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace yupu::monitor {
namespace {

SurgeRule in_buckets(SurgeRule rule) {
  rule.threshold.buckets_per_week = static_cast<double>(7 * kDayNs) / static_cast<double>(rule.series.bucket_ns);
  // Each window gets a part of the promise. The windows end together and overlap, so that more than half of their
  // alarms coincide: each further window counts as half a one.
  rule.threshold.alarms_per_week /= 1 + 0.5 * static_cast<double>(rule.windows_ns.size() - 1);
  rule.threshold.span_buckets = rule.baseline.history_ns / rule.series.bucket_ns;
  rule.threshold.cluster_buckets = std::max<std::int64_t>(1, rule.windows_ns.back() / rule.series.bucket_ns);
  return rule;
}

}  // namespace

Status SurgeRule::validate() const {
  YUPU_RETURN_IF_ERROR(series.validate());
  YUPU_RETURN_IF_ERROR(baseline.validate());
  YUPU_RETURN_IF_ERROR(threshold.validate());
  YUPU_RETURN_IF_ERROR(score.validate());
  const auto wrong = [](std::string_view field, std::string_view why) {
    return invalid_argument(fmt::format("rule: {}: {}", field, why), std::string(field));
  };
  if (windows_ns.empty()) return wrong("windows_ns", "one window or more");
  for (std::size_t i = 0; i < windows_ns.size(); ++i) {
    if (windows_ns[i] < series.bucket_ns || windows_ns[i] % series.bucket_ns != 0 || windows_ns[i] > kDayNs / 2)
      return wrong("windows_ns", "whole buckets, half a day at most");
    if (i > 0 && windows_ns[i] <= windows_ns[i - 1]) return wrong("windows_ns", "ascending");
  }
  if (series.detail_ns < windows_ns.back()) return wrong("detail_ns", "at least the longest window");
  if (series.history_ns < baseline.history_ns + kDayNs) return wrong("history_ns", "the baseline's days and one more");
  if (publishers_min < 0) return wrong("publishers_min", "0 or more");
  if (!(release_ratio > 0 && release_ratio <= 1)) return wrong("release_ratio", "above 0, at most 1");
  if (hold_ns < 0 || hold_ns > kDayNs) return wrong("hold_ns", "from 0 to a day");
  if (keep_firing_ns < 0 || keep_firing_ns > kDayNs) return wrong("keep_firing_ns", "from 0 to a day");
  if (reopen_ns < 0 || reopen_ns > kDayNs) return wrong("reopen_ns", "from 0 to a day");
  if (explained_ns < windows_ns.back() || explained_ns > kDayNs)
    return wrong("explained_ns", "from the longest window to a day");
  if (absolute_limit && *absolute_limit < 1) return wrong("absolute_limit", "1 or more");
  return ok_status();
}

std::string_view state_name(TopicState state) {
  switch (state) {
    case TopicState::kQuiet:
      return "quiet";
    case TopicState::kLearning:
      return "learning";
    case TopicState::kPending:
      return "pending";
    case TopicState::kFiring:
      return "firing";
    case TopicState::kResolved:
      return "resolved";
  }
  return "";
}

Json to_json(const Change& change) {
  Json json = {{"topic", change.topic},     {"from", state_name(change.from)}, {"to", state_name(change.to)},
               {"time_ns", change.time_ns}, {"alarm", change.alarm},           {"explanation", nullptr}};
  if (change.explanation) json["explanation"] = to_json(*change.explanation);
  return json;
}

TopicDetector::TopicDetector(std::string name, SurgeRule rule, TopicSeries series)
    : name_(std::move(name)),
      rule_(in_buckets(std::move(rule))),
      series_(std::move(series)),
      thresholds_(rule_.windows_ns.size(), PeakThreshold(rule_.threshold)) {}

TopicDetector::TopicDetector(std::string name, SurgeRule rule, std::int64_t now_ns)
    : TopicDetector(std::move(name), rule, TopicSeries(rule.series, now_ns)) {
  CHECK(rule_.validate().ok(), "the rule was not validated");
}

std::int64_t TopicDetector::next_ns() const { return (series_.head() + 1) * rule_.series.bucket_ns; }

bool TopicDetector::learning() const { return series_.usable_count() < series_.buckets_in(rule_.baseline.learning_ns); }

std::vector<TopicDetector::Judged> TopicDetector::judge_windows() const {
  std::vector<Judged> windows;
  const std::int64_t end = series_.head();
  for (std::size_t index = 0; index < rule_.windows_ns.size(); ++index) {
    const std::int64_t length = series_.buckets_in(rule_.windows_ns[index]);
    Judged judged{.index = index, .window = length, .count = series_.count(end - length, end), .test = std::nullopt};
    if (judged.count.gap) break;  // and so has every longer one
    const auto count = count_baseline(series_, end, length, rule_.baseline);
    const auto share = share_baseline(series_, end, length, rule_.baseline);
    if (count && share) judged.test = judge(judged.count.total, judged.count.negative, *count, *share, rule_.score);
    windows.push_back(judged);
  }
  return windows;
}

std::vector<WindowTest> TopicDetector::tests() const {
  std::vector<WindowTest> tests;
  for (const Judged& judged : judge_windows()) {
    if (judged.test) tests.push_back(*judged.test);
  }
  return tests;
}

TopicDetector::Verdict TopicDetector::verdict(const std::vector<Judged>& windows) const {
  Verdict verdict;
  const std::int64_t end = series_.head();
  for (const Judged& judged : windows) {
    if (learning() || !judged.test || judged.test->score_micro < threshold_micro(judged.index)) continue;
    verdict.tests_pass = true;
    const auto publisher_count = static_cast<std::int64_t>(series_.publishers(end - judged.window, end).size());
    if (publisher_count < rule_.publishers_min) continue;
    if (!verdict.met || judged.test->score_micro > verdict.met->test->score_micro) verdict.met = &judged;
  }
  if (!verdict.met && rule_.absolute_limit && windows.size() == rule_.windows_ns.size() &&
      windows.back().count.negative >= *rule_.absolute_limit) {
    verdict.met = &windows.back();
    verdict.cause = Cause::kAbsoluteLimit;
  }
  return verdict;
}

std::optional<bool> TopicDetector::still_on(const std::vector<Judged>& windows) const {
  if (verdict(windows).met) return true;
  const std::int64_t length = series_.buckets_in(firing_->window_ns);
  for (const Judged& judged : windows) {
    if (judged.window != length) continue;
    if (firing_->cause == Cause::kAbsoluteLimit)
      return static_cast<double>(judged.count.negative) >=
             rule_.release_ratio * static_cast<double>(firing_->limit.value_or(0));
    return !learning() && judged.test &&
           static_cast<double>(judged.test->score_micro) >=
               rule_.release_ratio * static_cast<double>(firing_->threshold_micro);
  }
  return std::nullopt;
}

Explanation TopicDetector::explain(const Judged& judged, Cause cause) const {
  const std::int64_t end = series_.head();
  const std::int64_t begin = end - judged.window;
  const std::int64_t bucket_ns = rule_.series.bucket_ns;
  Explanation result{.cause = cause,
                     .time_ns = end * bucket_ns,
                     .window_ns = judged.window * bucket_ns,
                     .bucket_ns = bucket_ns,
                     .total = judged.count.total,
                     .negative = judged.count.negative,
                     .score = rule_.score,
                     .test = judged.test,
                     .threshold_micro = threshold_micro(judged.index),
                     .limit = cause == Cause::kAbsoluteLimit ? rule_.absolute_limit : std::nullopt,
                     .publishers_min = cause == Cause::kSurge ? rule_.publishers_min : 0,
                     .publishers = series_.publishers(begin, end)};
  for (std::int64_t bucket = begin; bucket < end; ++bucket) {
    const BucketDetail& detail = series_.detail(bucket);
    result.stories.insert(result.stories.end(), detail.stories.begin(), detail.stories.end());
    if (series_.at(bucket).negative > 0 && result.first_seen_ns == 0) result.first_seen_ns = detail.first_negative_ns;
  }
  for (std::int64_t bucket = std::max(series_.first(), end - series_.buckets_in(rule_.explained_ns)); bucket < end;
       ++bucket) {
    const Bucket& counts = series_.at(bucket);
    SeriesPoint point{.time_ns = bucket * bucket_ns, .total = counts.total, .negative = counts.negative};
    if (const auto normal = count_baseline(series_, bucket + 1, 1, rule_.baseline)) {
      point.mean = normal->mean;
      point.alpha = normal->alpha;
      point.band = expected_band(*normal, kBandTail);
    }
    result.series.push_back(point);
  }
  return result;
}

Change TopicDetector::change_to(TopicState to) {
  Change change{.topic = name_, .from = state_, .to = to, .time_ns = series_.head() * rule_.series.bucket_ns};
  if (firing_) change.alarm = fmt::format("{}@{}", name_, first_fired_ns_);
  state_ = to;
  since_count_ = 0;
  return change;
}

Change TopicDetector::fire(const Judged& judged, Cause cause) {
  firing_ = explain(judged, cause);
  if (state_ != TopicState::kResolved) first_fired_ns_ = firing_->time_ns;
  calm_count_ = 0;
  series_.freeze(series_.head() - judged.window, series_.head());
  Change change = change_to(TopicState::kFiring);
  change.explanation = firing_;
  return change;
}

std::optional<Change> TopicDetector::next_while_firing(const std::vector<Judged>& windows) {
  const std::optional<bool> on = still_on(windows);
  if (!on) return std::nullopt;
  series_.freeze(series_.head() - 1, series_.head());
  calm_count_ = *on ? 0 : calm_count_ + 1;
  if (*on || calm_count_ < std::max<std::int64_t>(1, series_.buckets_in(rule_.keep_firing_ns))) return std::nullopt;
  return change_to(TopicState::kResolved);
}

std::optional<Change> TopicDetector::next_state(const std::vector<Judged>& windows) {
  if (state_ == TopicState::kFiring) return next_while_firing(windows);
  ++since_count_;
  const Verdict now = verdict(windows);
  const std::int64_t hold_count = series_.buckets_in(rule_.hold_ns);
  if (now.met && (hold_count == 0 || state_ == TopicState::kResolved ||
                  (state_ == TopicState::kPending && since_count_ >= hold_count)))
    return fire(*now.met, now.cause);
  if (state_ == TopicState::kResolved) {
    if (since_count_ < series_.buckets_in(rule_.reopen_ns)) return std::nullopt;
    Change change = change_to(learning() ? TopicState::kLearning : TopicState::kQuiet);
    firing_.reset();
    return change;
  }
  const TopicState calm = learning() ? TopicState::kLearning : TopicState::kQuiet;
  const TopicState to = now.met || now.tests_pass ? TopicState::kPending : calm;
  if (to == state_) return std::nullopt;
  return change_to(to);
}

void TopicDetector::learn(const std::vector<Judged>& windows) {
  if (state_ == TopicState::kFiring) return;
  for (const Judged& judged : windows) {
    // A window that still reaches into a crisis tells nothing about quiet days.
    if (judged.test && !judged.count.frozen)
      thresholds_[judged.index].observe(series_.head() - 1, judged.test->score_micro);
  }
}

std::optional<Change> TopicDetector::step() {
  series_.advance(next_ns());
  const std::vector<Judged> windows = judge_windows();
  if (windows.empty()) return std::nullopt;
  std::optional<Change> change = next_state(windows);
  learn(windows);
  return change;
}

}  // namespace yupu::monitor
