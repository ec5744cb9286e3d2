// yupu monitor drift: the sentiment model's scores week by week, and what becomes the reference.
#include <fmt/format.h>

#include "app/commands/monitor_commands.h"
#include "products/monitor/drift/drift.h"

namespace yupu::app {

Status monitor_drift_command(Arguments& arguments) {
  const std::int64_t limit = arguments.integer("--limit", 26, 1, 1000);
  const bool is_rebase = arguments.flag("--rebase");
  const std::string who = arguments.text("--by");
  const bool json = arguments.flag("--json");
  if (is_rebase && who.empty()) return invalid_argument("--by is missing: who says that the world has changed", "--by");
  if (!is_rebase && !who.empty()) return invalid_argument("--by goes with --rebase", "--by");
  YUPU_ASSIGN_OR_RETURN(const MonitorPlace place, open_monitor(arguments, {}));
  const std::string& name = place.strategy.name;
  // What `monitor run` would write within the second; it is told by the next run.
  YUPU_RETURN_IF_ERROR(
      monitor::watch_drift(place.store(), name, place.strategy.monitor->routes, place.now_ns()).status());
  if (is_rebase) YUPU_RETURN_IF_ERROR(monitor::rebase_drift(place.store(), name, who, place.now_ns()).status());
  YUPU_ASSIGN_OR_RETURN(const auto weeks, monitor::drift_weeks(place.store(), name, limit));
  OrderedJson rows = OrderedJson::array();
  std::string text;
  for (const monitor::DriftWeek& week : weeks) {
    rows.push_back(week.to_json());
    text += (text.empty() ? "" : "\n") + week.to_text();
  }
  if (weeks.empty()) text = "no whole week of a model's scores is over yet";
  json ? print_json(OrderedJson{{"weeks", rows}}) : print_text(text);
  return ok_status();
}

}  // namespace yupu::app
