#include "strategy/recommend_reader.h"

namespace yupu::strategy {
namespace {

constexpr std::int64_t kNewDaysMost = 3650, kLearnMinutesMost = 7 * 24 * 60;

Status read_experiment(const toml::table& table, const std::string& file, recommend::Experiment& experiment) {
  TomlReader reader(table, file, "recommend.experiment");
  reader.text("name", experiment.name, true);
  reader.text("challenger", experiment.challenger, true);
  reader.text("champion", experiment.champion);
  reader.number("share", experiment.share, 0.0, 1.0);
  return reader.finish();
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
  if (const toml::table* const experiment = reader.table("experiment"); experiment != nullptr)
    YUPU_RETURN_IF_ERROR(read_experiment(*experiment, strategy.path, plan.rules.experiment));
  YUPU_RETURN_IF_ERROR(reader.finish());
  strategy.recommend = plan;
  return ok_status();
}

}  // namespace yupu::strategy
