// yupu serve: the HTTP server over a working folder, a strategy, model directories, or all of them.
#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/compose.h"
#include "app/workplace.h"
#include "base/file.h"
#include "products/recommend/methods/cross/cross_encoder.h"
#include "strategy/answers.h"
#include "training/precision.h"

namespace yupu::app {

Status serve_command(Arguments& arguments) {
  const WorkplaceOptions where = read_workplace(arguments);
  LiveServerOptions options;
  const std::string strategy_path = arguments.text("--strategy");
  const auto models = arguments.many("--model");
  const bool recommends = arguments.flag("--recommend");
  const std::string monitor_path = arguments.text("--monitor");
  const std::string listen = arguments.text("--listen", "127.0.0.1:8080");
  options.engine_threads = static_cast<int>(arguments.integer("--threads", 0, 0, 1024));
  options.adapters = arguments.text("--adapters");
  options.adapter_memory_mb = arguments.integer("--adapter-memory-mb", options.adapter_memory_mb, 1, 1 << 24);
  options.request_threads = static_cast<int>(arguments.integer("--request-threads", 64, 1, 4096));
  options.queue_ms = static_cast<int>(arguments.integer("--queue-ms", options.queue_ms, 0, 60'000));
  options.drain_seconds = static_cast<int>(arguments.integer("--drain-seconds", 0, 0, 3600));
  const auto proxies = arguments.many("--trusted-proxy");
  const engine::Precision precision = read_precision(arguments);
  YUPU_RETURN_IF_ERROR(arguments.finish(0, 0).status());
  YUPU_ASSIGN_OR_RETURN(options.listen, http::parse_listen(listen));
  YUPU_ASSIGN_OR_RETURN(options.proxies, http::TrustedProxies::parse(proxies));
  for (const std::string& model : models) {
    const std::size_t equals = model.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == model.size()) {
      return invalid_argument(fmt::format("--model must be NAME=DIR, not '{}'", model), "--model");
    }
    options.directories.emplace_back(model.substr(0, equals), model.substr(equals + 1));
  }
  if (!options.adapters.empty() && !file_exists(options.adapters)) {
    return not_found(fmt::format("--adapters {}: no such folder", options.adapters));
  }
  if (strategy_path.empty() && models.empty() && options.adapters.empty() && !recommends && monitor_path.empty()) {
    return invalid_argument(
        "nothing to serve: name a strategy with --strategy, model directories with --model NAME=DIR, a folder of "
        "adapters with --adapters DIR, --recommend for what `yupu recommend import` has kept, or --monitor FILE for "
        "the pages of a monitor",
        "--strategy");
  }
  strategy::Strategy strategy;
  if (!strategy_path.empty() && recommends) {  // its lists alone, no bot
    YUPU_ASSIGN_OR_RETURN(strategy, strategy::load_recommend_strategy(strategy_path));
  } else if (!strategy_path.empty()) {
    YUPU_ASSIGN_OR_RETURN(strategy, strategy::load_strategy(strategy_path));
    YUPU_ASSIGN_OR_RETURN(options.answers, strategy::load_answers(strategy.resolve(strategy.service.answers),
                                                                  strategy.service.dialogue.utc_offset_minutes));
    options.strategy = &strategy;
  }
  strategy::Strategy monitor_strategy;
  if (!monitor_path.empty()) {
    YUPU_ASSIGN_OR_RETURN(monitor_strategy, strategy::load_monitor_strategy(monitor_path));
    options.monitor = &monitor_strategy;
  }
  if (strategy.recommend) options.list_rules = strategy.recommend->rules;
  if (strategy.recommend) options.event_topics = strategy.recommend->kafka;
  YUPU_RETURN_IF_ERROR(recommend::check_cross_encoder(options.list_rules.cross.model));
  YUPU_ASSIGN_OR_RETURN(const auto place, open_workplace(where, false));
  options.workdir = place.workdir;
  options.precision = training::usable_precision(precision, *terminal_progress());
  YUPU_ASSIGN_OR_RETURN(const auto server, LiveServer::start(std::move(options), *place.store, *place.clock));
  terminal_progress()->note(fmt::format("serving at http://{}:{}/  (Ctrl-C ends it)", server->host(), server->port()));
  return server->serve_until_signal();
}

}  // namespace yupu::app
