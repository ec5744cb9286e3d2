// Planted surges on real volumes: how many are found, how fast, and how many alarms there are without one.
//   monitor_detect_surge_bench SERIES.csv... [--scored FILE | --labelled FILE...] [--seed N] [--seeds N] [--plants N]
//                              [--thin X] [--share X] [--recall X] [--false-share X] [--crisis-texts N] [--threads N]
//                              [--json 1] [--RULE X]
// SERIES.csv is "timestamp,value" at five minutes (the realTweets of the Numenta Anomaly Benchmark). What is simulated
// around the volumes stands in testing/background.h. --labelled (a .csv with a label column of
// negative|neutral|positive or a Chinese one of 1|0, or a .txt whose name says negative or positive, a text a line)
// gives the texts that documents are drawn from; the classifier's answers are then those of --recall and --false-share,
// a text at a time. --scored: a line a text, "LABEL<tab>ANSWER<newline>" of negative|neutral|positive, the set's and a
// classifier's: documents are drawn from these. --seeds N: N seeds from --seed on. Rules were chosen on the series at
// odd places of the command line, "held" are those at even places. Each plant is one surge of 60 minutes at a random
// time (to the ns) after the first 9 days, on a copy of the monitor; found: an alarm within the 60 minutes. False
// alarms: every alarm of the run without plants, over all its time after learning. Peers see the negative counts of the
// same documents; two of their alarms within an hour are one.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/file.h"
#include "products/monitor/detect/monitor.h"
#include "products/monitor/detect/testing/background.h"
#include "products/monitor/detect/testing/surge_report.h"

namespace {

using namespace yupu;                    // NOLINT(google-build-using-namespace): a program of one file
using namespace yupu::monitor;           // NOLINT(google-build-using-namespace)
using namespace yupu::monitor::testing;  // NOLINT(google-build-using-namespace)

constexpr std::int64_t kBegin = 1'424'995'200 * kSecondNs - 8 * kHourNs;  // a day begins, in the rule's zone
constexpr std::size_t kFirstPlant = 9 * 288;
constexpr std::int64_t kSurgeBuckets = 12;
struct Options {
  std::vector<std::string> series;
  std::vector<std::string> labelled;
  BackgroundOptions background;
  SurgeRule rule;
  std::string scored;
  std::uint64_t seed = 1;
  std::uint64_t seeds = 1;
  std::size_t plants = 40;  // of each factor, a series
  std::size_t threads = 1;
  bool peers = true;
  bool json = false;
  bool trace = false;    // prints thresholds by the day and every alarm
  double late_min = -1;  // of negative plants that are found later than that, or not at all: prints every step
};

Result<std::vector<std::int64_t>> read_series(const std::string& path) {
  YUPU_ASSIGN_OR_RETURN(const std::string text, read_file(path));
  std::vector<std::int64_t> values;
  std::size_t at = text.find('\n');
  while (at != std::string::npos && at + 1 < text.size()) {
    const std::size_t comma = text.find(',', at);
    if (comma == std::string::npos) break;
    values.push_back(std::strtoll(text.c_str() + comma + 1, nullptr, 10));
    at = text.find('\n', comma);
  }
  if (values.size() < kFirstPlant + 288) return invalid_argument(path + ": fewer than ten days", "series");
  return values;
}

// Counts the texts of a file by label.
Status count_labels(const std::string& path, BackgroundOptions* options) {
  YUPU_ASSIGN_OR_RETURN(const std::string text, read_file(path));
  const bool whole_file = path.ends_with(".txt");
  const bool whole_negative = path.find("negative") != std::string::npos;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    at = end + 1;
    const bool zero = line.find(",0,") != std::string::npos;
    const bool one = line.find(",1,") != std::string::npos;
    const bool english = line.starts_with("neutral,") || line.starts_with("positive,");
    const bool negative = whole_file ? whole_negative : line.starts_with("negative,") || zero;
    if (negative)
      ++options->negative_texts;
    else if (whole_file || english || one)
      ++options->other_texts;
  }
  return ok_status();
}

// The texts of --scored.
Result<ScoredTexts> read_scored(const std::string& path) {
  YUPU_ASSIGN_OR_RETURN(const std::string text, read_file(path));
  ScoredTexts texts;
  std::size_t line_number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    at = end + 1;
    ++line_number;
    const std::size_t tab = line.find('\t');
    const std::string label = line.substr(0, tab);
    const std::string answer = tab == std::string::npos ? std::string() : line.substr(tab + 1);
    const auto is_sentiment = [](const std::string& word) {
      return word == "negative" || word == "neutral" || word == "positive";
    };
    if (!is_sentiment(label) || !is_sentiment(answer))
      return invalid_argument(fmt::format("{}:{}: wants LABEL<tab>ANSWER", path, line_number), "scored");
    (label == "negative" ? texts.negative : texts.other).push_back(answer == "negative");
    if (label == "positive") texts.positive.push_back(answer == "negative");
  }
  if (texts.negative.empty() || texts.positive.empty())
    return invalid_argument(path + ": wants texts of every label", "scored");
  return texts;
}

void print_alarm(const Change& change) {
  const Explanation& why = *change.explanation;
  std::printf(
      "# %s bucket %ld, window %ld min: %ld of %ld (mean %.2f alpha %.3f, share %.3f rho %.4f), count 10^%.2f "
      "share 10^%.2f, score %.2f threshold %.2f\n",
      change.topic.c_str(), static_cast<long>((change.time_ns - kBegin) / (5 * kMinuteNs)),
      static_cast<long>(why.window_ns / kMinuteNs), static_cast<long>(why.negative), static_cast<long>(why.total),
      why.test->count.mean, why.test->count.alpha, why.test->share.share, why.test->share.rho,
      why.test->log10_count_tail, why.test->log10_share_tail, static_cast<double>(why.test->score_micro) * 1e-6,
      static_cast<double>(why.threshold_micro) * 1e-6);
}

std::optional<std::int64_t> fired(const std::vector<Change>& changes) {
  for (const Change& change : changes) {
    if (change.to == TopicState::kFiring) return change.time_ns;
  }
  return std::nullopt;
}

// Feeds bucket `index` of the background with `extra`, both by time.
void feed(SurgeMonitor& monitor, const Background& background, std::size_t index, const std::vector<Document>& extra,
          std::vector<Change>* changes) {
  std::vector<Document> documents = background.bucket(index);
  const std::int64_t begin = background.time_ns(index);
  for (const Document& document : extra) {
    if (document.time_ns >= begin && document.time_ns < begin + 5 * kMinuteNs) documents.push_back(document);
  }
  std::stable_sort(documents.begin(), documents.end(),
                   [](const Document& a, const Document& b) { return a.time_ns < b.time_ns; });
  for (const Document& document : documents) CHECK(monitor.offer(document, changes).ok(), "the background is clean");
}

// Every window at the end of a bucket: negatives of documents, what was to be expected, score of threshold.
std::string steps_of(const TopicDetector& topic, const SurgeRule& rule) {
  std::string text;
  const auto tests = topic.tests();
  for (std::size_t i = 0; i < tests.size(); ++i) {
    const WindowTest& test = tests[i];
    text +=
        fmt::format(" | {:2} min {}/{} (mean {:.1f}, share {:.3f} rho {:.4f}) C {:.1f} S {:.1f} {:.2f} of {:.2f}",
                    rule.windows_ns[i] / kMinuteNs, test.negative, test.total, test.count.mean, test.share.share,
                    test.share.rho, -test.log10_count_tail, -test.log10_share_tail,
                    static_cast<double>(test.score_micro) * 1e-6, static_cast<double>(topic.threshold_micro(i)) * 1e-6);
  }
  return text;
}

void plant(const SurgeMonitor& quiet, Background& background, std::size_t index, double factor, bool negative,
           const Options& options, SeriesRun* run) {
  const std::int64_t start =
      background.time_ns(index) + static_cast<std::int64_t>(background.random().below(5 * kMinuteNs));
  const std::vector<Document> surge = background.surge(start, factor, negative);
  std::size_t kind = 0;
  while (12 * background.level(index) < kClassFloors[kind]) ++kind;
  SurgeMonitor monitor = quiet;
  std::vector<Change> changes;
  std::vector<std::int64_t> counts(background.negatives());
  for (const Document& document : surge) {
    if (document.sentiment == Sentiment::kNegative)
      ++counts[static_cast<std::size_t>((document.time_ns - background.time_ns(0)) / (5 * kMinuteNs))];
  }
  std::string steps;
  for (std::size_t i = index; i <= index + kSurgeBuckets; ++i) {
    feed(monitor, background, i, surge, &changes);
    if (options.late_min < 0 || !negative) continue;
    CHECK(monitor.advance(background.time_ns(i + 1), &changes).ok(), "the clock goes on");
    steps += fmt::format("#   {:2} min{}\n", (background.time_ns(i + 1) - start) / kMinuteNs,
                         steps_of(*monitor.find(run->name), options.rule));
  }
  CHECK(monitor.advance(start + kHourNs, &changes).ok(), "the clock goes on");
  const auto alarm = fired(changes);
  if (!negative) {
    ++run->ours.positive_plants;
    if (alarm) run->ours.positive_alarms_ns.push_back(*alarm);
    return;
  }
  run->ours.by_factor[kind][factor].add(alarm.value_or(0) - start, alarm.has_value());
  const double delay_min = alarm ? static_cast<double>(*alarm - start) / static_cast<double>(kMinuteNs) : 60.0;
  if (options.late_min >= 0 && delay_min > options.late_min)
    std::printf("# %s bucket %zu x%.0f %s %s %.0f\n%s", run->name.c_str(), index, factor, kClassNames[kind],
                alarm ? "found after" : "missed", delay_min, steps.c_str());
  for (std::size_t p = 0; p < run->peers.size(); ++p) {
    PeerRun::Plant scores{.factor = factor, .kind = kind, .scores = {}};
    const auto values = kPeers[p].scores(counts, index, index + kSurgeBuckets);
    for (std::size_t i = 0; i < values.size(); ++i)
      scores.scores.emplace_back(background.time_ns(index + i + 1) - start, values[i]);
    run->peers[p].plants.push_back(std::move(scores));
  }
}

Result<SeriesRun> run_series(const std::string& path, bool held, std::uint64_t seed, const Options& options) {
  YUPU_ASSIGN_OR_RETURN(const auto volumes, read_series(path));
  SeriesRun run;
  run.name = path.substr(path.rfind('_') + 1);
  run.held = held;
  Background background(run.name, volumes, kBegin, options.background, seed);
  for (const std::int64_t count : background.negatives())
    run.negatives_per_hour += 12 * static_cast<double>(count) / static_cast<double>(background.bucket_count());
  std::multimap<std::size_t, std::pair<double, bool>> plants;
  const auto place = [&] {
    return kFirstPlant + background.random().below(background.bucket_count() - kFirstPlant - 3 * kSurgeBuckets);
  };
  for (const double factor : kFactors) {
    for (std::size_t i = 0; i < options.plants; ++i) plants.emplace(place(), std::pair(factor, true));
  }
  for (std::size_t i = 0; i < 10; ++i) plants.emplace(place(), std::pair(5.0, false));
  if (options.peers) run.peers.resize(kPeers.size());
  YUPU_ASSIGN_OR_RETURN(SurgeMonitor monitor, SurgeMonitor::create({{run.name, options.rule}}, kBegin));
  std::vector<Change> changes;
  std::size_t judged = 0;
  for (std::size_t i = 0; i < background.bucket_count(); ++i) {
    const TopicDetector& topic = *monitor.find(run.name);
    const auto [first, last] = plants.equal_range(i);
    for (auto it = first; it != last; ++it) {
      if (topic.state() != TopicState::kFiring)
        plant(monitor, background, i, it->second.first, it->second.second, options, &run);
    }
    feed(monitor, background, i, {}, &changes);
    YUPU_RETURN_IF_ERROR(monitor.advance(background.time_ns(i + 1), &changes));
    if (!topic.learning()) ++judged;
    if (options.trace && i % 288 == 0)
      std::printf("# %s day %zu threshold %.2f\n", run.name.c_str(), i / 288,
                  static_cast<double>(topic.threshold_micro(0)) * 1e-6);
  }
  for (const Change& change : changes) {
    if (change.to == TopicState::kFiring && change.from != TopicState::kResolved) ++run.ours.false_alarms;
    if (options.trace && change.explanation) print_alarm(change);
    if (!change.explanation) continue;
    YUPU_RETURN_IF_ERROR(verify(*change.explanation));
    // What the quiet run raises at that time as well is a false alarm, but none of the positive surge's.
    std::erase_if(run.ours.positive_alarms_ns,
                  [&](std::int64_t alarm_ns) { return std::abs(alarm_ns - change.time_ns) <= kHourNs; });
  }
  run.ours.weeks = static_cast<double>(judged) / (7 * 288);
  const std::size_t quiet_begin = background.bucket_count() - judged;
  for (std::size_t p = 0; p < kPeers.size() && options.peers; ++p)
    run.peers[p].quiet = kPeers[p].scores(background.negatives(), quiet_begin, background.bucket_count());
  return run;
}

// "15,30,60": minutes.
std::vector<std::int64_t> windows_of(const char* text) {
  std::vector<std::int64_t> windows;
  while (*text != '\0') {
    char* end = nullptr;
    windows.push_back(std::strtoll(text, &end, 10) * kMinuteNs);
    if (end == text) return {};  // which the rule refuses
    text = *end == ',' ? end + 1 : end;
  }
  return windows;
}

Status parse(int argc, char** argv, Options* options) {
  const auto wrong = [](const std::string& what) { return invalid_argument("surge_bench: " + what, "argument"); };
  for (int i = 1; i < argc; ++i) {
    const std::string flag = argv[i];
    if (!flag.starts_with("--")) {
      options->series.push_back(flag);
      continue;
    }
    if (i + 1 >= argc) return wrong(flag + " needs a value");
    const char* text = argv[++i];
    const double value = std::strtod(text, nullptr);
    if (flag == "--labelled")
      options->labelled.emplace_back(text);
    else if (flag == "--seed")
      options->seed = std::strtoull(text, nullptr, 10);
    else if (flag == "--seeds")
      options->seeds = std::strtoull(text, nullptr, 10);
    else if (flag == "--scored")
      options->scored = text;
    else if (flag == "--crisis-texts")
      options->background.crisis_texts = std::strtoull(text, nullptr, 10);
    else if (flag == "--threads")
      options->threads = std::max<std::size_t>(1, std::strtoull(text, nullptr, 10));
    else if (flag == "--json")
      options->json = value > 0;
    else if (flag == "--plants")
      options->plants = std::strtoull(text, nullptr, 10);
    else if (flag == "--thin")
      options->background.thin = value;
    else if (flag == "--share")
      options->background.share = value;
    else if (flag == "--recall")
      options->background.recall = value;
    else if (flag == "--false-share")
      options->background.false_share = value;
    else if (flag == "--local-min")
      options->rule.baseline.local_ns = std::llround(value) * kMinuteNs;
    else if (flag == "--windows")
      options->rule.windows_ns = windows_of(text);
    else if (flag == "--late")
      options->late_min = value;
    else if (flag == "--guard-min")
      options->rule.baseline.guard_ns = std::llround(value) * kMinuteNs;
    else if (flag == "--clip")
      options->rule.baseline.clip_mads = value;
    else if (flag == "--days-of-kind")
      options->rule.baseline.days_of_kind_min = std::llround(value);
    else if (flag == "--count-weight")
      options->rule.score.count_weight = value;
    else if (flag == "--share-weight")
      options->rule.score.share_weight = value;
    else if (flag == "--count-cap")
      options->rule.score.count_cap = value;
    else if (flag == "--ceiling")
      options->rule.threshold.ceiling_micro = std::llround(value * 1e6);
    else if (flag == "--alarms-per-week")
      options->rule.threshold.alarms_per_week = value;
    else if (flag == "--floor")
      options->rule.threshold.floor_micro = std::llround(value * 1e6);
    else if (flag == "--level")
      options->rule.threshold.level_micro = std::llround(value * 1e6);
    else if (flag == "--prior-excess")
      options->rule.threshold.prior_excess = value;
    else if (flag == "--share-days")
      options->rule.baseline.share_ns = std::llround(value) * kDayNs;
    else if (flag == "--usual")
      options->background.usual_level = value > 0;
    else if (flag == "--peers")
      options->peers = value > 0;
    else if (flag == "--trace")
      options->trace = value > 0;
    else
      return wrong("no flag " + flag);
  }
  if (options->series.empty()) return wrong("no series");
  return options->rule.validate();
}

// Every series with every seed, `threads` at a time; in the order of seeds and series.
Result<std::vector<SeriesRun>> run_all(const Options& options) {
  const std::size_t count = options.series.size() * options.seeds;
  std::vector<std::optional<Result<SeriesRun>>> done(count);
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      const std::size_t place = i % options.series.size();
      const std::uint64_t seed = options.seed + i / options.series.size();
      done[i] = run_series(options.series[place], place % 2 == 1, seed * 1000 + place, options);
    }
  };
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < options.threads; ++i) threads.emplace_back(work);
    work();
  }
  std::vector<SeriesRun> runs;
  for (auto& one : done) {
    YUPU_RETURN_IF_ERROR(one->status());
    runs.push_back(std::move(*one).value());
  }
  return runs;
}

Status run(int argc, char** argv) {
  Options options;
  YUPU_RETURN_IF_ERROR(parse(argc, argv, &options));
  for (const std::string& path : options.labelled) YUPU_RETURN_IF_ERROR(count_labels(path, &options.background));
  if (!options.labelled.empty())
    std::printf("texts: %zu negative, %zu other\n", options.background.negative_texts, options.background.other_texts);
  if (!options.scored.empty()) {
    YUPU_ASSIGN_OR_RETURN(options.background.scored, read_scored(options.scored));
  }
  YUPU_ASSIGN_OR_RETURN(const std::vector<SeriesRun> runs, run_all(options));
  print_report(runs, options.peers, options.json);
  return ok_status();
}

}  // namespace

int main(int argc, char** argv) {
  const Status status = run(argc, argv);
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.to_string().c_str());
  return status.ok() ? 0 : 1;
}
