// yupu answers: the conversation tests of a strategy, on the model that answers now.
#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/workplace.h"
#include "handoff/live_release.h"
#include "handoff/record.h"
#include "handoff/types.h"
#include "strategy/conversation_tests.h"
#include "strategy/strategy.h"

namespace yupu::app {

Status answers_command(Arguments& arguments) {
  YUPU_RETURN_IF_ERROR(arguments.verb({"test"}).status());
  const WorkplaceOptions where = read_workplace(arguments);
  const bool json = arguments.flag("--json");
  const int threads = static_cast<int>(arguments.integer("--threads", 0, 0, 1024));
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(1, 1, "strategy file"));
  YUPU_ASSIGN_OR_RETURN(const auto strategy, strategy::load_strategy(words[0]));
  if (strategy.service.tests.empty())
    return invalid_argument(fmt::format("{} has no [[service.test]]", words[0]), "service.test");
  YUPU_ASSIGN_OR_RETURN(const auto place, open_workplace(where, true));
  YUPU_ASSIGN_OR_RETURN(const auto live, handoff::live_release(*place.store, strategy.name));
  if (!live) return not_found(fmt::format("model '{}' has no live release yet; run the strategy first", strategy.name));
  YUPU_ASSIGN_OR_RETURN(const auto record, handoff::get_record(*place.store, live->release_id));
  YUPU_ASSIGN_OR_RETURN(const auto release, handoff::Release::from_json(record.body));
  YUPU_ASSIGN_OR_RETURN(const auto report,
                        strategy::test_conversations(strategy, place.workdir + "/" + release.model_directory, threads,
                                                     *place.store, *place.clock));
  json ? print_json(report.to_json()) : print_text(report.to_text());
  if (report.failures.empty()) return ok_status();
  return conflict(fmt::format("{} of {} conversation tests failed on {}", report.failures.size(), report.script_count,
                              live->release_id));
}

}  // namespace yupu::app
