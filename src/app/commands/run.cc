// yupu run, yupu plan, yupu improve: a strategy file goes in.
#include <algorithm>

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/compose.h"
#include "app/workplace.h"
#include "products/recommend/methods/cross/cross_encoder.h"
#include "store/store.h"
#include "strategy/answers.h"
#include "strategy/loop.h"
#include "strategy/stages.h"
#include "strategy/strategy.h"

namespace yupu::app {
namespace {

struct LoopOptions {
  WorkplaceOptions where;
  http::ListenAddress listen;
  int threads = 0;
  bool json = false;
};

Result<LoopOptions> read_loop(Arguments& arguments) {
  LoopOptions options;
  options.where = read_workplace(arguments);
  options.json = arguments.flag("--json");
  options.threads = static_cast<int>(arguments.integer("--threads", 0, 0, 1024));
  YUPU_ASSIGN_OR_RETURN(options.listen, http::parse_listen(arguments.text("--listen", "127.0.0.1:8080")));
  return options;
}

// A strategy with its working folder, and the server it starts when it first needs one.
class OpenLoop {
 public:
  static Result<std::unique_ptr<OpenLoop>> open(const std::string& path, const LoopOptions& options) {
    YUPU_ASSIGN_OR_RETURN(auto loaded, strategy::load_strategy(path));
    YUPU_ASSIGN_OR_RETURN(auto answers, strategy::load_answers(loaded.resolve(loaded.service.answers),
                                                               loaded.service.dialogue.utc_offset_minutes));
    YUPU_ASSIGN_OR_RETURN(auto place, open_workplace(options.where, false));
    return std::unique_ptr<OpenLoop>(new OpenLoop(std::move(loaded), std::move(answers), std::move(place), options));
  }

  strategy::LoopContext& context() { return context_; }
  std::vector<strategy::Stage> stages() { return strategy::loop_stages(context_); }
  strategy::StageRunner runner() { return {*place_.store, *place_.clock, *progress_, strategy_.name}; }
  handoff::Progress& progress() { return *progress_; }

  // Starts the server on first use; later calls make it look for a new live release.
  Result<LiveServer*> server() {
    if (server_ == nullptr) {
      LiveServerOptions options;
      options.listen = listen_;
      options.workdir = place_.workdir;
      options.engine_threads = context_.threads;
      options.strategy = &strategy_;
      options.answers = answers_;
      if (strategy_.recommend) options.list_rules = strategy_.recommend->rules;
      YUPU_RETURN_IF_ERROR(recommend::check_cross_encoder(options.list_rules.cross.model));
      YUPU_ASSIGN_OR_RETURN(server_, LiveServer::start(std::move(options), *place_.store, *place_.clock));
    } else {
      YUPU_RETURN_IF_ERROR(server_->refresh());
    }
    return server_.get();
  }
  bool serving() const { return server_ != nullptr; }

  // The right to carry out the strategy. Error: kConflict while another process on the same store has it.
  Result<std::unique_ptr<store::Lead>> lead() {
    YUPU_ASSIGN_OR_RETURN(auto lead, place_.store->lead("run/" + strategy_.name));
    if (lead != nullptr) return lead;
    return conflict(
        fmt::format("another process carries out strategy '{}' on this store; wait for it, or serve what it "
                    "has released with `yupu serve --strategy`",
                    strategy_.name));
  }

 private:
  OpenLoop(strategy::Strategy loaded, products::AnswerBook answers, Workplace place, const LoopOptions& options)
      : strategy_(std::move(loaded)),
        answers_(std::move(answers)),
        place_(std::move(place)),
        listen_(options.listen),
        progress_(terminal_progress()),
        context_{.strategy = strategy_,
                 .workdir = place_.workdir,
                 .version = kVersion,
                 .threads = options.threads > 0 ? options.threads : static_cast<int>(strategy_.train.threads),
                 .store = *place_.store,
                 .clock = *place_.clock,
                 .progress = *progress_,
                 .service = [this]() -> Result<strategy::ServiceAddress> {
                   YUPU_ASSIGN_OR_RETURN(LiveServer* const live, server());
                   return strategy::ServiceAddress{.host = live->host(), .port = live->port()};
                 }} {}

  strategy::Strategy strategy_;
  products::AnswerBook answers_;
  Workplace place_;
  http::ListenAddress listen_;
  std::unique_ptr<handoff::Progress> progress_;
  strategy::LoopContext context_;
  std::unique_ptr<LiveServer> server_;
};

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
  YUPU_ASSIGN_OR_RETURN(auto lead, loop->lead());
  YUPU_ASSIGN_OR_RETURN(const auto outcomes, loop->runner().run(stages, until));
  lead.reset();
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
  YUPU_ASSIGN_OR_RETURN(const Json outcome, strategy::improvement_round(loop->context()));
  options.json ? print_json(outcome) : print_text(outcome["reason"].get<std::string>());
  return ok_status();
}

}  // namespace yupu::app
