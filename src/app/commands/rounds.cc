// yupu rounds: what the rules of a strategy say is due, carried out by itself, beside the server.
#include "strategy/rounds.h"

#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/commands/open_loop.h"
#include "base/log.h"
#include "console/test_log.h"
#include "handoff/live_release.h"
#include "handoff/record.h"
#include "handoff/types.h"
#include "strategy/conversation_tests.h"
#include "strategy/notify_plan.h"

namespace yupu::app {
namespace {

using strategy::Round;
using strategy::RoundKind;

constexpr std::chrono::seconds kLookEvery{30};

std::string line_of(const Round& round) {
  return fmt::format("{} {:<8} {:<11} {}; {}", format_utc(round.started_ns), strategy::round_kind_name(round.kind),
                     round.outcome, round.why, round.reason);
}

// The tests on the release that answers, into the log of the console.
Status play(strategy::LoopContext& context, Round& round) {
  const strategy::Strategy& strategy = context.strategy;
  YUPU_ASSIGN_OR_RETURN(const auto live, handoff::live_release(context.store, strategy.name));
  if (!live) return not_found(fmt::format("model '{}' has no live release yet; run the strategy first", strategy.name));
  round.release_id = live->release_id;
  YUPU_ASSIGN_OR_RETURN(const auto record, handoff::get_record(context.store, live->release_id));
  YUPU_ASSIGN_OR_RETURN(const auto release, handoff::Release::from_json(record.body));
  YUPU_ASSIGN_OR_RETURN(const auto report,
                        strategy::test_conversations(strategy, context.workdir + "/" + release.model_directory,
                                                     context.threads, context.store, context.clock));
  Json names = Json::array();
  for (const products::Script& script : strategy.service.tests) names.push_back(script.name);
  YUPU_RETURN_IF_ERROR(console::keep_test_run(context.store, context.clock,
                                              {.model = strategy.name,
                                               .release_id = live->release_id,
                                               .by = "yupu rounds",
                                               .names = std::move(names),
                                               .report = report.to_json()}));
  round.outcome = report.failures.empty() ? "passed" : "changed";
  round.reason = report.to_text();
  return ok_status();
}

Result<Round> play_and_log(strategy::LoopContext& context, const std::string& why) {
  Round round{.id = {}, .kind = RoundKind::kTests, .why = why};
  YUPU_RETURN_IF_ERROR(begin_round(context.store, context.strategy.name, round, context.clock.now_ns()));
  if (const Status played = play(context, round); !played.ok()) {
    round.outcome = "failed";
    round.reason = played.message();
  }
  round.ended_ns = context.clock.now_ns();
  YUPU_RETURN_IF_ERROR(end_round(context.store, round));
  return round;
}

Result<Round> carry_out(strategy::LoopContext& context, const strategy::DueRound& due) {
  if (due.kind == RoundKind::kTests) return play_and_log(context, due.why);
  const auto improved = improve_and_log(context, due.why);
  if (improved.ok()) return improved->round;
  // It stands in the log, with why; whoever is told is told of it as of any other.
  log::error("round_failed", {{"shop", context.strategy.name}, {"why", improved.status().message()}});
  YUPU_ASSIGN_OR_RETURN(const auto newest, strategy::list_rounds(context.store, context.strategy.name, 1));
  if (newest.empty()) return improved.status();
  return newest.front();
}

// What is due now.
Result<std::vector<Round>> look(OpenLoop& loop) {
  strategy::LoopContext& context = loop.context();
  const strategy::RoundRules rules = strategy::round_rules(context.strategy);
  std::vector<Round> done;
  YUPU_ASSIGN_OR_RETURN(auto state, strategy::round_state(context));
  if (due_rounds(rules, state, context.clock.now_ns()).empty()) return done;
  YUPU_ASSIGN_OR_RETURN(const LoopLead lead, loop.lead());
  // Again, now that nobody else can be at it.
  YUPU_ASSIGN_OR_RETURN(state, strategy::round_state(context));
  for (const auto& due : due_rounds(rules, state, context.clock.now_ns())) {
    loop.progress().note(fmt::format("round: {} ({})", strategy::round_kind_name(due.kind), due.why));
    YUPU_ASSIGN_OR_RETURN(Round round, carry_out(context, due));
    if (const auto news = strategy::news_of(round); news)
      YUPU_RETURN_IF_ERROR(
          tell_shop(context.store, strategy::shop_to_tell(context.strategy), *news, context.clock.now_ns()));
    done.push_back(std::move(round));
  }
  return done;
}

Status show(const std::vector<Round>& rounds, bool json, const std::string& none) {
  Json rows = Json::array();
  std::string text;
  for (const Round& round : rounds) {
    rows.push_back(round.to_json());
    text += (text.empty() ? "" : "\n") + line_of(round);
  }
  json ? print_json(Json{{"rounds", rows}}) : print_text(text.empty() ? none : text);
  return ok_status();
}

// Until it is killed: a signal ends it at once, and a round that was under way goes on when it is started again.
Status look_for_good(OpenLoop& loop) {
  std::string told;
  while (true) {
    const auto done = look(loop);
    const std::string trouble = done.ok() ? std::string() : done.status().message();
    if (!trouble.empty() && trouble != told)
      log::warn("rounds_wait", {{"shop", loop.context().strategy.name}, {"why", trouble}});
    told = trouble;
    if (done.ok()) {
      for (const Round& round : *done)
        log::info("round", {{"shop", loop.context().strategy.name},
                            {"kind", strategy::round_kind_name(round.kind)},
                            {"outcome", round.outcome}});
    }
    std::this_thread::sleep_for(kLookEvery);
  }
}

}  // namespace

Status rounds_command(Arguments& arguments) {
  const bool once = arguments.flag("--once");
  const bool list = arguments.flag("--list");
  const std::int64_t limit = arguments.integer("--limit", 20, 1, 10000);
  YUPU_ASSIGN_OR_RETURN(const auto options, read_loop(arguments));
  YUPU_ASSIGN_OR_RETURN(const auto words, arguments.finish(1, 1, "strategy file"));
  YUPU_ASSIGN_OR_RETURN(const auto loop, OpenLoop::open(words[0], options));
  strategy::LoopContext& context = loop->context();
  if (list) {
    YUPU_ASSIGN_OR_RETURN(const auto rounds, strategy::list_rounds(context.store, context.strategy.name, limit));
    return show(rounds, options.json, "no round yet");
  }
  if (!strategy::round_rules(context.strategy).any())
    return invalid_argument(
        fmt::format("{} has no rule that begins a round: give [improve] after_corrections or at, or [service] tests_at",
                    words[0]),
        "improve.at");
  if (!once) return look_for_good(*loop);
  YUPU_ASSIGN_OR_RETURN(const auto done, look(*loop));
  return show(done, options.json, "nothing is due");
}

}  // namespace yupu::app
