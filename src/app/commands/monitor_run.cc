// yupu monitor run: reads the files that grow, asks the sources, looks for surges, tells the routes.
#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "app/commands/monitor_commands.h"
#include "app/stop_signal.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/ids.h"
#include "base/log.h"
#include "base/rng.h"
#include "products/monitor/alarms/delivery.h"
#include "products/monitor/alarms/watch.h"
#include "products/monitor/documents/push.h"
#include "products/monitor/drift/drift.h"
#include "strategy/monitor_kafka.h"
#include "strategy/monitor_sources.h"

namespace yupu::app {
namespace {

constexpr int kPassMs = 1000;
constexpr int kTopicWaits = 10;                   // of kPassMs, for a topic to say something
constexpr std::int64_t kRescoreNs = 500'000'000;  // of a pass, at most and about: the detection does not wait for it

struct Pass {
  monitor::Outcomes outcomes;
  std::int64_t changes = 0;
  std::int64_t notices = 0;
};

void add(const monitor::Outcomes& outcomes, monitor::Outcomes& to) {
  for (const auto& [outcome, count] : outcomes) to[outcome] += count;
}

// One round over files, detection and routes. What fails at one file is logged and stops no other.
// `always`: one round of many, not the only one.
Result<Pass> go_round(const MonitorPlace& place, const std::vector<monitor::Route>& routes,
                      strategy::MonitorSentiment* sentiment, bool always) {
  Pass pass;
  const strategy::MonitorPlan& plan = *place.strategy.monitor;
  monitor::PushOptions options;
  options.intake = plan.intake;
  options.finished = false;
  options.score = scoring_by(sentiment);
  options.embed = embedding_by(place);
  for (const strategy::MonitorFile& file : plan.files) {
    const auto report = monitor::push_file(place.store(), *place.workplace.clock, place.strategy.name, plan.topics,
                                           place.strategy.resolve(file.path), file.source, options);
    if (!report.ok()) {
      log::warn("monitor_source_failed", {{"source", file.source}, {"error", report.status().message()}});
      continue;
    }
    add(report->outcomes, pass.outcomes);
  }
  if (plan.push) {
    const auto pushed =
        monitor::drain_inbox(place.store(), *place.workplace.clock, place.strategy.name, plan.topics, options);
    if (pushed.ok())
      add(*pushed, pass.outcomes);
    else
      log::warn("monitor_inbox_failed", {{"error", pushed.status().message()}});
  }
  monitor::Watching watching;
  watching.always = always && !(plan.files.empty() && plan.sources.empty() && plan.kafka.empty() && !plan.push);
  watching.blind_since = [&place] { return strategy::blind_since(place.store(), place.strategy, place.now_ns()); };
  YUPU_ASSIGN_OR_RETURN(const auto changes,
                        monitor::look(place.store(), place.strategy.name, plan.rules, place.now_ns(), watching));
  for (const monitor::Change& change : changes)
    log::info("monitor_topic", {{"topic", change.topic},
                                {"from", monitor::state_name(change.from)},
                                {"to", monitor::state_name(change.to)},
                                {"alarm", change.alarm}});
  pass.changes = static_cast<std::int64_t>(changes.size());
  YUPU_ASSIGN_OR_RETURN(pass.notices,
                        monitor::plan_notices(place.store(), place.strategy.name, routes, place.now_ns()));
  // After the notices of alarms, which do not wait for weeks that have to be counted.
  YUPU_ASSIGN_OR_RETURN(const auto weeks,
                        monitor::watch_drift(place.store(), place.strategy.name, routes, place.now_ns()));
  for (const monitor::DriftWeek& week : weeks)
    log::info("monitor_drift", {{"release", week.release},
                                {"week", format_utc(week.week_ns)},
                                {"verdict", monitor::verdict_name(week.verdict)}});
  return pass;
}

// Notices go on a thread of their own: a receiver that hangs holds up nothing else.
void deliver_until(const std::stop_token& stop, const MonitorPlace& place, const std::vector<monitor::Route>& routes,
                   std::uint64_t seed) {
  Rng rng(seed);
  const monitor::Send send = monitor::send_over_network();
  while (!stop.stop_requested()) {
    const auto delivered =
        monitor::deliver(place.store(), *place.workplace.clock, place.strategy.name, routes, rng, send);
    if (!delivered.ok()) log::error("monitor_delivery_failed", {{"error", delivered.status().message()}});
    for (int i = 0; i < 10 && !stop.stop_requested(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(kPassMs / 10));
  }
}

// Null where the strategy fetches nothing.
std::unique_ptr<strategy::SourcePolls> source_polls(const MonitorPlace& place,
                                                    const std::vector<monitor::Route>& routes,
                                                    strategy::MonitorSentiment* sentiment) {
  if (place.strategy.monitor->sources.empty()) return nullptr;
  monitor::ScoreDocuments prepare = [score = scoring_by(sentiment), embed = embedding_by(place)](auto& documents) {
    if (score) YUPU_RETURN_IF_ERROR(score(documents));
    return embed ? embed(documents) : ok_status();
  };
  return std::make_unique<strategy::SourcePolls>(place.store(), *place.workplace.clock, place.strategy, routes,
                                                 std::move(prepare));
}

// Sources go on threads of their own: one that drips bytes holds up neither files nor the detection.
void poll_until(const std::stop_token& stop, strategy::SourcePolls& polls) {
  while (!stop.stop_requested()) {
    const auto polled = polls.poll_one();
    if (!polled.ok()) log::error("monitor_poll_failed", {{"error", polled.status().message()}});
    if (polled.ok() && polled->has_value()) continue;
    std::this_thread::sleep_for(std::chrono::milliseconds(kPassMs / 10));
  }
}

std::vector<std::unique_ptr<strategy::KafkaSource>> kafka_sources(const MonitorPlace& place,
                                                                  strategy::MonitorSentiment* sentiment) {
  std::vector<std::unique_ptr<strategy::KafkaSource>> sources;
  for (const strategy::MonitorKafka& source : place.strategy.monitor->kafka)
    sources.push_back(std::make_unique<strategy::KafkaSource>(place.store(), *place.workplace.clock, place.strategy,
                                                              source, scoring_by(sentiment), data::open_message_topic,
                                                              embedding_by(place)));
  return sources;
}

// A topic goes on a thread of its own: it waits for its broker.
void consume_until(const std::stop_token& stop, strategy::KafkaSource& source) {
  while (!stop.stop_requested()) {
    const auto taken = source.take_some(kPassMs / 2);
    if (!taken.ok())
      log::error("monitor_source_failed", {{"source", source.source().source}, {"error", taken.status().message()}});
    if (!taken.ok() || taken->empty()) std::this_thread::sleep_for(std::chrono::milliseconds(kPassMs / 10));
  }
}

// What is in the topics now; one whose broker is away is left for the next time.
Status consume_once(const MonitorPlace& place, strategy::MonitorSentiment* sentiment, monitor::Outcomes& outcomes) {
  for (const auto& source : kafka_sources(place, sentiment)) {
    // A broker may take its time for the first messages.
    for (int waits = 0; waits < kTopicWaits && !source->is_caught_up();) {
      YUPU_ASSIGN_OR_RETURN(const auto taken, source->take_some(kPassMs));
      add(taken, outcomes);
      if (taken.contains("failed_connect")) break;
      waits = taken.empty() ? waits + 1 : 0;
    }
  }
  return ok_status();
}

std::string lead_name(const MonitorPlace& place) { return "monitor/" + place.strategy.name; }

// Waits until no other process on the store runs this monitor; null when told to stop meanwhile.
Result<std::unique_ptr<store::Lead>> wait_for_lead(const MonitorPlace& place) {
  for (bool is_first = true;; is_first = false) {
    auto lead = place.store().lead(lead_name(place));
    if (lead.ok() && *lead != nullptr) return lead;
    if (!lead.ok() && lead.status().code() != Code::kUnavailable) return lead;
    if (is_first) log::info("monitor_waits", {{"monitor", place.strategy.name}, {"why", lead.status().message()}});
    if (wait_for_stop(kPassMs) != 0) return std::unique_ptr<store::Lead>();
  }
}

// True when it was told to stop, false when another process may have the lead now.
bool run_as_leader(const MonitorPlace& place, const std::vector<monitor::Route>& routes,
                   strategy::MonitorSentiment* sentiment, std::uint64_t seed, store::Lead& lead) {
  const std::jthread delivery([&](const std::stop_token& stop) { deliver_until(stop, place, routes, seed); });
  const auto polls = source_polls(place, routes, sentiment);
  std::vector<std::jthread> pollers;
  const std::int64_t threads = std::min<std::int64_t>(
      place.strategy.monitor->fetch_threads, static_cast<std::int64_t>(place.strategy.monitor->sources.size()));
  for (std::int64_t i = 0; i < threads; ++i)
    pollers.emplace_back([&](const std::stop_token& stop) { poll_until(stop, *polls); });
  const auto topics = kafka_sources(place, sentiment);
  for (const auto& topic : topics)
    pollers.emplace_back([&source = *topic](const std::stop_token& stop) { consume_until(stop, source); });
  log::info("monitor_started", {{"monitor", place.strategy.name}, {"topics", place.strategy.monitor->rules.size()}});
  bool told_to_stop = true;
  while (wait_for_stop(kPassMs) == 0) {
    if (!lead.is_held()) {
      log::warn("monitor_lead_lost", {{"monitor", place.strategy.name}});
      told_to_stop = false;
      break;
    }
    // A store that is locked or full may be so no more in a second.
    if (const auto pass = go_round(place, routes, sentiment, true); !pass.ok())
      log::error("monitor_round_failed", {{"error", pass.status().message()}});
    if (sentiment == nullptr) continue;
    if (const auto rescored = sentiment->look(kRescoreNs); !rescored.ok())
      log::error("monitor_rescore_failed", {{"error", rescored.status().message()}});
  }
  for (std::jthread& poller : pollers) poller.request_stop();  // all at once; each ends within its exchange's limit
  pollers.clear();                                             // before what they read from
  return told_to_stop;
}

Status run_until_signal(const MonitorPlace& place, const std::vector<monitor::Route>& routes,
                        strategy::MonitorSentiment* sentiment, std::uint64_t seed) {
  YUPU_RETURN_IF_ERROR(listen_for_stop());
  while (true) {
    YUPU_ASSIGN_OR_RETURN(const auto lead, wait_for_lead(place));
    if (lead == nullptr || run_as_leader(place, routes, sentiment, seed, *lead)) break;
  }
  log::info("shutting_down", {{"monitor", place.strategy.name}});
  return ok_status();
}

}  // namespace

Status monitor_run_command(Arguments& arguments) {
  const bool once = arguments.flag("--once");
  const bool json = arguments.flag("--json");
  const monitor::ScorerOptions scorer = read_scorer_options(arguments);
  YUPU_ASSIGN_OR_RETURN(MonitorPlace place, open_monitor(arguments, {.must_exist = false}));
  YUPU_RETURN_IF_ERROR(open_embedder(place, scorer));
  YUPU_ASSIGN_OR_RETURN(const auto routes, strategy::routes_with_secrets(place.strategy));
  std::uint64_t seed = 0;
  for (const char byte : random_bytes(sizeof seed)) seed = seed << 8 | static_cast<unsigned char>(byte);
  YUPU_ASSIGN_OR_RETURN(const auto sentiment, open_sentiment(place, scorer));
  if (!once) return run_until_signal(place, routes, sentiment.get(), seed);
  YUPU_ASSIGN_OR_RETURN(const auto lead, place.store().lead(lead_name(place)));
  if (lead == nullptr)
    return conflict(fmt::format("another process runs the monitor '{}' on this store", place.strategy.name));
  monitor::Outcomes polled;
  if (const auto polls = source_polls(place, routes, sentiment.get()); polls != nullptr) {
    while (true) {
      YUPU_ASSIGN_OR_RETURN(const auto outcomes, polls->poll_one());
      if (!outcomes) break;
      add(*outcomes, polled);
    }
  }
  YUPU_RETURN_IF_ERROR(consume_once(place, sentiment.get(), polled));
  YUPU_ASSIGN_OR_RETURN(Pass pass, go_round(place, routes, sentiment.get(), false));
  add(polled, pass.outcomes);
  if (sentiment != nullptr) YUPU_RETURN_IF_ERROR(sentiment->look(kRescoreNs).status());
  Rng rng(seed);
  YUPU_ASSIGN_OR_RETURN(const auto delivered,
                        monitor::deliver(place.store(), *place.workplace.clock, place.strategy.name, routes, rng,
                                         monitor::send_over_network()));
  OrderedJson outcomes = OrderedJson::object();
  for (const auto& [outcome, count] : pass.outcomes) outcomes[outcome] = count;
  json ? print_json(OrderedJson{{"outcomes", outcomes},
                                {"changes", pass.changes},
                                {"notices", pass.notices},
                                {"sent", delivered.sent},
                                {"postponed", delivered.postponed},
                                {"dead", delivered.dead}})
       : print_text(fmt::format("{} changes, {} notices; {} sent, {} postponed, {} dead", pass.changes, pass.notices,
                                delivered.sent, delivered.postponed, delivered.dead));
  return ok_status();
}

}  // namespace yupu::app
