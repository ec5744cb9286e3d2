// yupu monitor latency: how long documents take until they are counted, and notices until they are taken.
#include "app/commands/monitor_commands.h"
#include "products/monitor/documents/latency.h"

namespace yupu::app {

Status monitor_latency_command(Arguments& arguments) {
  const std::int64_t hours = arguments.integer("--hours", 24, 1, 24 * 35);
  const bool json = arguments.flag("--json");
  YUPU_ASSIGN_OR_RETURN(const MonitorPlace place, open_monitor(arguments, {}));
  YUPU_ASSIGN_OR_RETURN(const auto spans,
                        monitor::latency_spans(place.store(), place.strategy.name, hours, place.now_ns()));
  OrderedJson rows = OrderedJson::array();
  std::string text;
  for (const monitor::LatencySpan& span : spans) {
    rows.push_back(span.to_json());
    text += (text.empty() ? "" : "\n") + span.to_text();
  }
  json ? print_json(OrderedJson{{"hours", hours}, {"spans", rows}}) : print_text(text);
  return ok_status();
}

}  // namespace yupu::app
