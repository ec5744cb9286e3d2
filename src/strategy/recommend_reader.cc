#include "strategy/recommend_reader.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "strategy/topic_plan_reader.h"

namespace yupu::strategy {
namespace {

constexpr std::int64_t kNewDaysMost = 3650, kLearnMinutesMost = 7 * 24 * 60;
constexpr std::int64_t kCrossTopMost = 200, kDeadlineMsMost = 10'000;
constexpr int kOpenTimeoutMs = 3'000;  // a server that is told to stop waits no longer for a broker

Status read_experiment(const toml::table& table, const std::string& file, recommend::Experiment& experiment) {
  TomlReader reader(table, file, "recommend.experiment");
  reader.text("name", experiment.name, true);
  reader.text("challenger", experiment.challenger, true);
  reader.text("champion", experiment.champion);
  reader.number("share", experiment.share, 0.0, 1.0);
  return reader.finish();
}

// `strategy`: where the file is, since the model's directory is said from there.
Status read_cross_encoder(const toml::table& table, const Strategy& strategy, recommend::CrossRule& cross) {
  TomlReader reader(table, strategy.path, "recommend.cross_encoder");
  reader.text("model", cross.model);
  reader.integer("top", cross.top, 1, kCrossTopMost);
  reader.integer("deadline_ms", cross.deadline_ms, 1, kDeadlineMsMost);
  YUPU_RETURN_IF_ERROR(reader.finish());
  if (!cross.model.empty()) cross.model = strategy.resolve(cross.model);
  return ok_status();
}

Status read_kafka(const toml::table& table, const Strategy& strategy, RecommendPlan& plan) {
  RecommendKafka kafka;
  TomlReader reader(table, strategy.path, fmt::format("recommend.kafka[{}]", plan.kafka.size()));
  read_topic_options(reader, kafka.topic, kafka.source);
  reader.text("tenant", kafka.tenant);
  if (std::any_of(plan.kafka.begin(), plan.kafka.end(),
                  [&](const RecommendKafka& other) { return other.source == kafka.source; }))
    reader.fail("source", fmt::format("\"{}\" is another topic's already", kafka.source));
  YUPU_RETURN_IF_ERROR(reader.finish());
  if (!kafka.topic.ca_file.empty()) kafka.topic.ca_file = strategy.resolve(kafka.topic.ca_file);
  kafka.topic.open_timeout_ms = kOpenTimeoutMs;
  plan.kafka.push_back(std::move(kafka));
  return ok_status();
}

}  // namespace

Status read_recommend(const toml::table& table, Strategy& strategy) {
  RecommendPlan plan;
  TomlReader reader(table, strategy.path, "recommend");
  reader.number("relevance", plan.rules.relevance, 0.0, 1.0);
  reader.number("tag_share", plan.rules.tag_share, 0.01, 1.0);
  reader.number("reason_share", plan.rules.reason_share, 0.0, 1.0);
  reader.integer("new_days", plan.rules.new_days, 1, kNewDaysMost);
  reader.integer("learn_minutes", plan.rules.learn_minutes, 1, kLearnMinutesMost);
  if (const toml::table* const cross = reader.table("cross_encoder"); cross != nullptr)
    YUPU_RETURN_IF_ERROR(read_cross_encoder(*cross, strategy, plan.rules.cross));
  if (const toml::table* const experiment = reader.table("experiment"); experiment != nullptr)
    YUPU_RETURN_IF_ERROR(read_experiment(*experiment, strategy.path, plan.rules.experiment));
  for (const toml::table* const kafka : reader.tables("kafka"))
    YUPU_RETURN_IF_ERROR(read_kafka(*kafka, strategy, plan));
  YUPU_RETURN_IF_ERROR(reader.finish());
  strategy.recommend = std::move(plan);
  return ok_status();
}

}  // namespace yupu::strategy
