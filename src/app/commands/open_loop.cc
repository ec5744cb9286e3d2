#include "app/commands/open_loop.h"

#include <utility>

#include <fmt/format.h>

#include "products/recommend/methods/cross/cross_encoder.h"
#include "strategy/answers.h"

namespace yupu::app {

Result<LoopOptions> read_loop(Arguments& arguments) {
  LoopOptions options;
  options.where = read_workplace(arguments);
  options.json = arguments.flag("--json");
  options.threads = static_cast<int>(arguments.integer("--threads", 0, 0, 1024));
  YUPU_ASSIGN_OR_RETURN(options.listen, http::parse_listen(arguments.text("--listen", "127.0.0.1:8080")));
  return options;
}

Result<std::unique_ptr<OpenLoop>> OpenLoop::open(const std::string& path, const LoopOptions& options) {
  YUPU_ASSIGN_OR_RETURN(auto loaded, strategy::load_strategy(path));
  YUPU_ASSIGN_OR_RETURN(auto answers, strategy::load_answers(loaded.resolve(loaded.service.answers),
                                                             loaded.service.dialogue.utc_offset_minutes));
  YUPU_ASSIGN_OR_RETURN(auto place, open_workplace(options.where, false));
  return std::unique_ptr<OpenLoop>(new OpenLoop(std::move(loaded), std::move(answers), std::move(place), options));
}

OpenLoop::OpenLoop(strategy::Strategy loaded, products::AnswerBook answers, Workplace place, const LoopOptions& options)
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

Result<LiveServer*> OpenLoop::server() {
  if (server_ == nullptr) {
    LiveServerOptions options;
    options.listen = listen_;
    options.workdir = place_.workdir;
    options.engine_threads = context_.threads;
    options.strategy = &strategy_;
    options.answers = answers_;
    if (strategy_.recommend) options.list_rules = strategy_.recommend->rules;
    if (strategy_.recommend) options.event_topics = strategy_.recommend->kafka;
    YUPU_RETURN_IF_ERROR(recommend::check_cross_encoder(options.list_rules.cross.model));
    YUPU_ASSIGN_OR_RETURN(server_, LiveServer::start(std::move(options), *place_.store, *place_.clock));
  } else {
    YUPU_RETURN_IF_ERROR(server_->refresh());
  }
  return server_.get();
}

Result<LoopLead> OpenLoop::lead() {
  const Status busy = conflict(
      fmt::format("another process carries out strategy '{}' on this store; wait for it, or serve what it has released "
                  "with `yupu serve --strategy`",
                  strategy_.name));
  LoopLead leading;
  YUPU_ASSIGN_OR_RETURN(leading.lead, place_.store->lead("run/" + strategy_.name));
  if (leading.lead == nullptr) return busy;
  YUPU_ASSIGN_OR_RETURN(leading.lock, WorkLock::take(place_.workdir + "/" + strategy_.name + ".lock"));
  if (leading.lock == nullptr) return busy;
  return leading;
}

}  // namespace yupu::app
