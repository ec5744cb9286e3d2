// yupu monitor judgements: what people said of sentiments, as rows for the next dataset.
#include <fmt/format.h>

#include "app/commands/monitor_commands.h"
#include "base/file.h"
#include "products/monitor/judgements/judgements.h"

namespace yupu::app {

Status monitor_judgements_command(Arguments& arguments) {
  const std::int64_t limit = arguments.integer("--limit", 1'000'000, 1, 1'000'000);
  const std::string out = arguments.text("--export");
  const bool json = arguments.flag("--json");
  YUPU_ASSIGN_OR_RETURN(const MonitorPlace place, open_monitor(arguments, {}));
  YUPU_ASSIGN_OR_RETURN(const auto rows, monitor::document_judgements(place.store(), place.strategy.name, limit));
  if (!out.empty()) {
    YUPU_RETURN_IF_ERROR(write_file_atomic(out, monitor::csv_of(rows)));
    json ? print_json(Json{{"rows", rows.size()}, {"file", out}})
         : print_text(fmt::format("{} rows in {}", rows.size(), out));
    return ok_status();
  }
  OrderedJson list = OrderedJson::array();
  std::string text = fmt::format("{:<20} {:<10} {:<10} {:<16} {}", "TOPIC", "IS", "COUNTED", "BY", "TEXT");
  for (const monitor::DocumentJudgement& row : rows) {
    list.push_back(row.to_json());
    text +=
        fmt::format("\n{:<20} {:<10} {:<10} {:<16} {}", row.topic, row.sentiment, row.counted, row.judged_by, row.text);
  }
  json ? print_json(OrderedJson{{"judgements", list}}) : print_text(text);
  return ok_status();
}

}  // namespace yupu::app
