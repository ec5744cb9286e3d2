// yupu monitor rescore: what is stored, by the model that is live now; and how the monitor's commands get their model.
#include <fmt/format.h>

#include "app/commands/monitor_commands.h"
#include "training/precision.h"

namespace yupu::app {

monitor::ScorerOptions read_scorer_options(Arguments& arguments) {
  monitor::ScorerOptions options;
  options.threads = static_cast<int>(arguments.integer("--threads", 0, 0, 1024));
  options.precision = read_precision(arguments);
  return options;
}

Result<std::unique_ptr<strategy::MonitorSentiment>> open_sentiment(const MonitorPlace& place,
                                                                   const monitor::ScorerOptions& options) {
  if (!place.strategy.monitor->sentiment) return std::unique_ptr<strategy::MonitorSentiment>();
  monitor::ScorerOptions usable = options;
  usable.precision = training::usable_precision(options.precision, *terminal_progress());
  return strategy::MonitorSentiment::open(place.store(), *place.workplace.clock, place.strategy,
                                          place.workplace.workdir,
                                          [usable](const std::string& directory, const std::string& release) {
                                            return monitor::open_scorer(directory, release, usable);
                                          });
}

monitor::ScoreDocuments scoring_by(strategy::MonitorSentiment* sentiment) {
  if (sentiment == nullptr) return {};
  return [sentiment](std::vector<monitor::ReadyDocument>& documents) { return sentiment->score(documents); };
}

Status open_embedder(MonitorPlace& place, const monitor::ScorerOptions& options) {
  const std::string& written = place.strategy.monitor->stories.embedder;
  if (written.empty()) return ok_status();
  auto embedder = monitor::StoryEmbedder::open(place.strategy.resolve(written), options.threads);
  if (!embedder.ok()) return embedder.status().with_context("[monitor.stories] embedder");
  place.embedder = std::move(embedder).value();
  return ok_status();
}

monitor::ScoreDocuments embedding_by(const MonitorPlace& place) {
  if (place.embedder == nullptr) return {};
  return [embedder = place.embedder](std::vector<monitor::ReadyDocument>& documents) {
    return embedder->embed(documents);
  };
}

Status monitor_rescore_command(Arguments& arguments) {
  const bool json = arguments.flag("--json");
  const monitor::ScorerOptions scorer = read_scorer_options(arguments);
  YUPU_ASSIGN_OR_RETURN(const MonitorPlace place, open_monitor(arguments, {}));
  YUPU_ASSIGN_OR_RETURN(const auto before, monitor::counted_model(place.store(), place.strategy.name));
  YUPU_ASSIGN_OR_RETURN(const auto sentiment, open_sentiment(place, scorer));
  if (sentiment == nullptr)
    return invalid_argument("the strategy names no model: [monitor.sentiment] does", "monitor.sentiment");
  monitor::Rescored all = sentiment->at_open();
  while (!all.done) {
    YUPU_ASSIGN_OR_RETURN(const monitor::Rescored some, sentiment->look(0));
    all.scored += some.scored;
    all.changed += some.changed;
    all.done = some.done;
  }
  const std::string former = before ? before->release : std::string();
  const std::string release = sentiment->release();
  json ? print_json(OrderedJson{
             {"release", release}, {"former", former}, {"scored", all.scored}, {"mentions_changed", all.changed}})
       : print_text(fmt::format("{} documents scored, {} mentions changed; {} counts{}", all.scored, all.changed,
                                release, former.empty() || former == release ? "" : " instead of " + former));
  return ok_status();
}

}  // namespace yupu::app
