// yupu promote: pages made from measured facts.
#include "app/commands/commands.h"
#include "app/workplace.h"
#include "promotion/content/report.h"

namespace yupu::app {

Status promote_command(Arguments& arguments) {
  YUPU_RETURN_IF_ERROR(arguments.verb({"report"}).status());
  const WorkplaceOptions where = read_workplace(arguments);
  const bool json = arguments.flag("--json");
  promotion::ReportOptions options;
  options.model = arguments.required_text("--model");
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  YUPU_ASSIGN_OR_RETURN(auto place, open_workplace(where, true));
  YUPU_ASSIGN_OR_RETURN(const auto report, promotion::write_report(*place.store, place.workdir, options, *place.clock));
  if (json) {
    print_json(Json{{"id", report.id}, {"report", report.body}});
    return ok_status();
  }
  print_text(place.workdir + "/site/report.zh.html\n" + place.workdir + "/site/report.en.html");
  return ok_status();
}

}  // namespace yupu::app
