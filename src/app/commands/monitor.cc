// yupu monitor: documents in, what is said of which topic out.
#include <filesystem>
#include <map>

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/commands/monitor_commands.h"
#include "products/monitor/alarms/alarms.h"
#include "products/monitor/documents/counts.h"
#include "products/monitor/documents/push.h"

namespace yupu::app {
namespace {

using monitor::kHourNs;

OrderedJson to_json(const monitor::PushReport& report) {
  OrderedJson outcomes = OrderedJson::object();
  for (const auto& [outcome, count] : report.outcomes) outcomes[outcome] = count;
  return {{"source", report.source},
          {"rows", report.rows},
          {"outcomes", outcomes},
          {"starts_over", report.starts_over},
          {"first_refusal", report.first_refusal}};
}

std::string to_text(const monitor::PushReport& report) {
  std::string text = fmt::format("{}: {} rows", report.source, report.rows);
  for (const auto& [outcome, count] : report.outcomes) text += fmt::format(", {} {}", count, outcome);
  if (report.starts_over) text += "; another file than the last time, read from its beginning";
  if (!report.first_refusal.empty()) text += "; " + report.first_refusal;
  return text;
}

Status push(Arguments& arguments) {
  const std::string named = arguments.text("--source");
  const bool json = arguments.flag("--json");
  const monitor::ScorerOptions scorer = read_scorer_options(arguments);
  YUPU_ASSIGN_OR_RETURN(MonitorPlace place,
                        open_monitor(arguments, {.least = 1, .most = 1000, .what = "file", .must_exist = false}));
  if (!named.empty() && place.words.size() != 1)
    return invalid_argument("--source names one file: give one", "--source");
  monitor::PushOptions options;
  options.intake = place.strategy.monitor->intake;
  YUPU_ASSIGN_OR_RETURN(const auto sentiment, open_sentiment(place, scorer));
  options.score = scoring_by(sentiment.get());
  YUPU_RETURN_IF_ERROR(open_embedder(place, scorer));
  options.embed = embedding_by(place);
  OrderedJson reports = OrderedJson::array();
  std::string text;
  for (const std::string& path : place.words) {
    const std::string source = named.empty() ? std::filesystem::path(path).lexically_normal().string() : named;
    const auto report = monitor::push_file(place.store(), *place.workplace.clock, place.strategy.name,
                                           place.strategy.monitor->topics, path, source, options);
    if (!report.ok()) return report.status().with_context(path);
    reports.push_back(to_json(*report));
    text += (text.empty() ? "" : "\n") + to_text(*report);
  }
  json ? print_json(OrderedJson{{"files", reports}}) : print_text(text);
  return ok_status();
}

Status topics(Arguments& arguments) {
  const std::int64_t hours = arguments.integer("--hours", 24, 1, 24 * 400);
  const bool json = arguments.flag("--json");
  YUPU_ASSIGN_OR_RETURN(const MonitorPlace place, open_monitor(arguments, {}));
  const std::string& name = place.strategy.name;
  YUPU_ASSIGN_OR_RETURN(const std::int64_t now_ns, monitor::monitor_now(place.store(), name));
  YUPU_ASSIGN_OR_RETURN(const auto standings, monitor::topic_standings(place.store(), name));
  std::map<std::string, std::string> states;
  for (const auto& standing : standings) states[standing.topic] = standing.state;
  OrderedJson rows = OrderedJson::array();
  std::string text = fmt::format("{:<24} {:<9} {:>9} {:>9} {:>9} {:>10}", "TOPIC", "STATE", "DOCUMENTS", "NEGATIVE",
                                 "POSITIVE", "PUBLISHERS");
  for (const monitor::Topic& topic : place.strategy.monitor->topics.topics()) {
    YUPU_ASSIGN_OR_RETURN(const auto count,
                          monitor::count_topic(place.store(), name, topic.name, now_ns - hours * kHourNs, now_ns + 1));
    // What was never judged, or never otherwise, is learning.
    const auto state = states.find(topic.name);
    OrderedJson row = count.to_json();
    row["state"] = state == states.end() ? "learning" : state->second;
    rows.push_back(row);
    text += fmt::format("\n{:<24} {:<9} {:>9} {:>9} {:>9} {:>10}", count.topic, row["state"].get<std::string>(),
                        count.total, count.negative, count.positive, count.publishers);
  }
  YUPU_ASSIGN_OR_RETURN(const auto outcomes, monitor::source_outcomes(place.store(), name));
  OrderedJson sources = OrderedJson::array();
  text += fmt::format("\n\n{:<24} {:<20} {:>9} {}", "SOURCE", "OUTCOME", "COUNT", "LAST");
  for (const auto& outcome : outcomes) {
    sources.push_back(outcome.to_json());
    text += fmt::format("\n{:<24} {:<20} {:>9} {} {}", outcome.source, outcome.outcome, outcome.count,
                        format_utc(outcome.last_ns), outcome.last_detail);
  }
  json ? print_json(OrderedJson{{"now", format_utc(now_ns)}, {"hours", hours}, {"topics", rows}, {"sources", sources}})
       : print_text(text);
  return ok_status();
}

}  // namespace

Result<MonitorPlace> open_monitor(Arguments& arguments, const MonitorWords& wanted) {
  const WorkplaceOptions where = read_workplace(arguments);
  YUPU_ASSIGN_OR_RETURN(auto words, arguments.finish(1, 1 + wanted.most, "STRATEGY.toml"));
  if (words.size() < 1 + wanted.least)
    return invalid_argument(fmt::format("the {} is missing", wanted.what), std::string(wanted.what));
  YUPU_ASSIGN_OR_RETURN(auto strategy, strategy::load_monitor_strategy(words[0]));
  YUPU_ASSIGN_OR_RETURN(auto workplace, open_workplace(where, wanted.must_exist));
  words.erase(words.begin());
  return MonitorPlace{std::move(strategy), std::move(workplace), std::move(words)};
}

Status monitor_command(Arguments& arguments) {
  YUPU_ASSIGN_OR_RETURN(const std::string verb,
                        arguments.verb({"run", "push", "topics", "alarms", "ack", "silence", "notices", "replay",
                                        "rescore", "judgements", "drift", "latency"}));
  if (verb == "run") return monitor_run_command(arguments);
  if (verb == "push") return push(arguments);
  if (verb == "topics") return topics(arguments);
  if (verb == "alarms") return monitor_alarms_command(arguments);
  if (verb == "ack") return monitor_ack_command(arguments);
  if (verb == "silence") return monitor_silence_command(arguments);
  if (verb == "notices") return monitor_notices_command(arguments);
  if (verb == "rescore") return monitor_rescore_command(arguments);
  if (verb == "drift") return monitor_drift_command(arguments);
  if (verb == "latency") return monitor_latency_command(arguments);
  if (verb == "judgements") return monitor_judgements_command(arguments);
  return monitor_replay_command(arguments);
}

}  // namespace yupu::app
