#include "app/commands/notices.h"

#include <fmt/format.h>

#include "app/workplace.h"
#include "products/monitor/alarms/delivery.h"
#include "strategy/notify_plan.h"
#include "strategy/strategy.h"

namespace yupu::app {
namespace {

Status test_route(const NoticePlace& place, const std::string& wanted) {
  YUPU_ASSIGN_OR_RETURN(const auto routes, place.routes());
  for (const monitor::Route& route : routes) {
    if (route.name == wanted)
      return monitor::send_test(place.store, place.clock, place.name, route, monitor::send_over_network());
  }
  return Status(Code::kNotFound, fmt::format("no {} has the name '{}'", place.table, wanted), "--test");
}

std::string line_of(const monitor::Notice& notice) {
  const std::string between = notice.recipient.empty() || notice.last_error.empty() ? "" : ": ";
  return fmt::format("\n{:<30} {:<12} {:<8} {:>8} {}", notice.id, notice.route, notice.state, notice.attempts,
                     notice.recipient + between + notice.last_error);
}

}  // namespace

NoticesAsked read_notices_asked(Arguments& arguments) {
  NoticesAsked asked;
  asked.state = arguments.one_of("--state", "all", {"all", "waiting", "sent", "dead"});
  asked.again = arguments.text("--resend");
  asked.test = arguments.text("--test");
  asked.limit = arguments.integer("--limit", asked.limit, 1, 100000);
  asked.json = arguments.flag("--json");
  return asked;
}

Status show_notices(const NoticesAsked& asked, const NoticePlace& place) {
  if (!asked.test.empty()) {
    YUPU_RETURN_IF_ERROR(test_route(place, asked.test));
    asked.json ? print_json(Json{{"tested", asked.test}}) : print_text("tested " + asked.test);
    return ok_status();
  }
  if (!asked.again.empty()) {
    YUPU_RETURN_IF_ERROR(monitor::resend_notice(place.store, place.name, asked.again, "", place.clock.now_ns()));
    asked.json ? print_json(Json{{"waiting", asked.again}}) : print_text("waiting " + asked.again);
    return ok_status();
  }
  YUPU_ASSIGN_OR_RETURN(
      const auto notices,
      monitor::list_notices(place.store, place.name, asked.state == "all" ? "" : asked.state, asked.limit));
  OrderedJson rows = OrderedJson::array();
  std::string text = fmt::format("{:<30} {:<12} {:<8} {:>8} {}", "NOTICE", "ROUTE", "STATE", "ATTEMPTS", "LAST ERROR");
  for (const monitor::Notice& notice : notices) {
    rows.push_back(notice.to_json());
    text += line_of(notice);
  }
  asked.json ? print_json(OrderedJson{{"notices", rows}}) : print_text(text);
  return ok_status();
}

Status agent_notices_command(Arguments& arguments) {
  const WorkplaceOptions where = read_workplace(arguments);
  const NoticesAsked asked = read_notices_asked(arguments);
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(1, 1, "strategy file"));
  YUPU_ASSIGN_OR_RETURN(const auto strategy, strategy::load_strategy(words[0]));
  YUPU_ASSIGN_OR_RETURN(const Workplace place, open_workplace(where, true));
  return show_notices(asked, {.store = *place.store,
                              .clock = *place.clock,
                              .name = products::notice_place(strategy.name),
                              .table = "[[service.notify]]",
                              .routes = [&strategy]() -> Result<std::vector<monitor::Route>> {
                                YUPU_ASSIGN_OR_RETURN(auto shop, strategy::shop_notices(strategy));
                                return std::move(shop.routes);
                              }});
}

}  // namespace yupu::app
