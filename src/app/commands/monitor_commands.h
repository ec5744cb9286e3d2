// What the files of `yupu monitor` share.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/arguments.h"
#include "app/workplace.h"
#include "products/monitor/documents/push.h"
#include "products/monitor/documents/story_embedder.h"
#include "products/monitor/sentiment/scorer.h"
#include "strategy/monitor_sentiment.h"
#include "strategy/strategy.h"

namespace yupu::app {

struct MonitorPlace {
  strategy::Strategy strategy;
  Workplace workplace;
  std::vector<std::string> words;                         // behind the strategy file
  std::shared_ptr<monitor::StoryEmbedder> embedder = {};  // open_embedder(); null: stories are found by words alone
  store::Store& store() const { return *workplace.store; }
  std::int64_t now_ns() const { return workplace.clock->now_ns(); }
};

struct MonitorWords {
  std::size_t least = 0, most = 0;  // words behind the strategy file
  std::string_view what = {};
  bool must_exist = true;  // the working folder
};
// Reads --workdir, --store and the words; call after the other flags.
Result<MonitorPlace> open_monitor(Arguments& arguments, const MonitorWords& wanted);

// --threads N, --precision fp32|bf16: of the model of [monitor.sentiment].
monitor::ScorerOptions read_scorer_options(Arguments& arguments);
// Null where the strategy names no model.  `place` outlives it.
Result<std::unique_ptr<strategy::MonitorSentiment>> open_sentiment(const MonitorPlace& place,
                                                                   const monitor::ScorerOptions& options);
// The encoder of [monitor.stories], where the strategy names one.
Status open_embedder(MonitorPlace& place, const monitor::ScorerOptions& options);
// Empty for null.
monitor::ScoreDocuments scoring_by(strategy::MonitorSentiment* sentiment);
// Empty where there is no encoder.
monitor::ScoreDocuments embedding_by(const MonitorPlace& place);

Status monitor_run_command(Arguments& arguments);
Status monitor_alarms_command(Arguments& arguments);
Status monitor_ack_command(Arguments& arguments);
Status monitor_silence_command(Arguments& arguments);
Status monitor_notices_command(Arguments& arguments);
Status monitor_replay_command(Arguments& arguments);
Status monitor_rescore_command(Arguments& arguments);
Status monitor_judgements_command(Arguments& arguments);
Status monitor_drift_command(Arguments& arguments);
Status monitor_latency_command(Arguments& arguments);

}  // namespace yupu::app
