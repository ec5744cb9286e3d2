// yupu monitor: documents in, what is said of which topic out.
#include <filesystem>

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/workplace.h"
#include "products/monitor/documents/counts.h"
#include "products/monitor/documents/push.h"
#include "strategy/strategy.h"

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
  const WorkplaceOptions where = read_workplace(arguments);
  const std::string named = arguments.text("--source");
  const bool json = arguments.flag("--json");
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(2, 1000, "STRATEGY.toml FILE..."));
  if (!named.empty() && words.size() != 2) return invalid_argument("--source names one file: give one", "--source");
  YUPU_ASSIGN_OR_RETURN(const auto strategy, strategy::load_monitor_strategy(words[0]));
  YUPU_ASSIGN_OR_RETURN(const Workplace place, open_workplace(where, false));
  monitor::PushOptions options;
  options.intake = strategy.monitor->intake;
  OrderedJson reports = OrderedJson::array();
  std::string text;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string source = named.empty() ? std::filesystem::path(words[i]).lexically_normal().string() : named;
    const auto report = monitor::push_file(*place.store, *place.clock, strategy.name, strategy.monitor->topics,
                                           words[i], source, options);
    if (!report.ok()) return report.status().with_context(words[i]);
    reports.push_back(to_json(*report));
    text += (text.empty() ? "" : "\n") + to_text(*report);
  }
  json ? print_json(OrderedJson{{"files", reports}}) : print_text(text);
  return ok_status();
}

Status topics(Arguments& arguments) {
  const WorkplaceOptions where = read_workplace(arguments);
  const std::int64_t hours = arguments.integer("--hours", 24, 1, 24 * 400);
  const bool json = arguments.flag("--json");
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(1, 1, "STRATEGY.toml"));
  YUPU_ASSIGN_OR_RETURN(const auto strategy, strategy::load_monitor_strategy(words[0]));
  YUPU_ASSIGN_OR_RETURN(const Workplace place, open_workplace(where, true));
  YUPU_ASSIGN_OR_RETURN(const std::int64_t now_ns, monitor::monitor_now(*place.store, strategy.name));
  OrderedJson rows = OrderedJson::array();
  std::string text =
      fmt::format("{:<24} {:>9} {:>9} {:>9} {:>10}", "TOPIC", "DOCUMENTS", "NEGATIVE", "POSITIVE", "PUBLISHERS");
  for (const monitor::Topic& topic : strategy.monitor->topics.topics()) {
    YUPU_ASSIGN_OR_RETURN(const auto count, monitor::count_topic(*place.store, strategy.name, topic.name,
                                                                 now_ns - hours * kHourNs, now_ns + 1));
    rows.push_back(count.to_json());
    text += fmt::format("\n{:<24} {:>9} {:>9} {:>9} {:>10}", count.topic, count.total, count.negative, count.positive,
                        count.publishers);
  }
  YUPU_ASSIGN_OR_RETURN(const auto outcomes, monitor::source_outcomes(*place.store, strategy.name));
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

Status monitor_command(Arguments& arguments) {
  YUPU_ASSIGN_OR_RETURN(const std::string verb, arguments.verb({"push", "topics"}));
  return verb == "push" ? push(arguments) : topics(arguments);
}

}  // namespace yupu::app
