// yupu run, yupu plan, yupu improve: a strategy file goes in.
#include <algorithm>

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/commands/open_loop.h"
#include "app/workplace.h"
#include "strategy/loop.h"
#include "strategy/rounds.h"
#include "strategy/stages.h"

namespace yupu::app {
namespace {

Json outcomes_json(const std::vector<strategy::StageOutcome>& outcomes) {
  Json stages = Json::array();
  for (const auto& outcome : outcomes) {
    stages.push_back({{"name", outcome.name},
                      {"skipped", outcome.skipped},
                      {"seconds", outcome.seconds},
                      {"output", outcome.output}});
  }
  return Json{{"stages", stages}};
}

}  // namespace

Status run_command(Arguments& arguments) {
  YUPU_ASSIGN_OR_RETURN(auto options, read_loop(arguments));
  const bool once = arguments.flag("--once");
  const std::string until = arguments.one_of(
      "--until", "promote",
      {"data", "knowledge", "train", "test", "release", "accounts", "visitors", "collect", "improve", "promote"});
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(1, 1, "strategy file"));
  // With --once the server is only the visitors' way in: any free port does, so that two runs do not meet.
  if (once) options.listen = {.host = "127.0.0.1", .port = 0};
  YUPU_ASSIGN_OR_RETURN(const auto loop, OpenLoop::open(words[0], options));
  const auto stages = loop->stages();
  if (std::none_of(stages.begin(), stages.end(), [&](const auto& stage) { return stage.name == until; }))
    return invalid_argument(fmt::format("{} has no {}, and so no stage '{}'", words[0],
                                        until == "knowledge" ? "[knowledge]" : "[[service.test]]", until),
                            "--until");
  std::vector<strategy::StageOutcome> outcomes;
  {
    YUPU_ASSIGN_OR_RETURN(const auto lead, loop->lead());
    YUPU_ASSIGN_OR_RETURN(outcomes, loop->runner().run(stages, until));
  }
  if (options.json) print_json(outcomes_json(outcomes));
  const auto ran =
      std::count_if(outcomes.begin(), outcomes.end(), [](const auto& outcome) { return !outcome.skipped; });
  if (ran == 0) loop->progress().note("nothing to do: every stage is done for this input");
  if (once || until != "promote") return ok_status();
  YUPU_ASSIGN_OR_RETURN(LiveServer* const server, loop->server());
  loop->progress().note(fmt::format("the loop is done; the shop is open at http://{}:{}/  (Ctrl-C ends it)",
                                    server->host(), server->port()));
  return server->serve_until_signal();
}

Status plan_command(Arguments& arguments) {
  YUPU_ASSIGN_OR_RETURN(const auto options, read_loop(arguments));
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(1, 1, "strategy file"));
  YUPU_ASSIGN_OR_RETURN(const auto loop, OpenLoop::open(words[0], options));
  YUPU_ASSIGN_OR_RETURN(const auto plans, loop->runner().plan(loop->stages()));
  Json stages = Json::array();
  std::string text;
  for (const auto& plan : plans) {
    const bool runs = plan.state != strategy::StageState::kDone;
    stages.push_back({{"name", plan.name},
                      {"runs", runs},
                      {"why", plan.why},
                      {"summary", plan.summary},
                      {"seconds_last_time", plan.seconds ? Json(*plan.seconds) : Json()}});
    text += fmt::format("{}{:<9} {:<5} {}", text.empty() ? "" : "\n", plan.name, runs ? "run" : "skip", plan.why);
    if (runs && plan.seconds) text += fmt::format(" (took {:.1f} s the last time)", *plan.seconds);
  }
  options.json ? print_json(Json{{"stages", stages}}) : print_text(text);
  return ok_status();
}

Status improve_command(Arguments& arguments) {
  YUPU_ASSIGN_OR_RETURN(const auto options, read_loop(arguments));
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(1, 1, "strategy file"));
  YUPU_ASSIGN_OR_RETURN(const auto loop, OpenLoop::open(words[0], options));
  YUPU_ASSIGN_OR_RETURN(const auto lead, loop->lead());
  YUPU_ASSIGN_OR_RETURN(const auto improved, strategy::improve_and_log(loop->context(), "asked for"));
  options.json ? print_json(improved.outcome) : print_text(improved.round.reason);
  return ok_status();
}

}  // namespace yupu::app
