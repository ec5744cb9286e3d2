#include "strategy/recommend_reader.h"

namespace yupu::strategy {
namespace {

constexpr std::int64_t kNewDaysMost = 3650, kLearnMinutesMost = 7 * 24 * 60;

}  // namespace

Status read_recommend(const toml::table& table, Strategy& strategy) {
  RecommendPlan plan;
  TomlReader reader(table, strategy.path, "recommend");
  reader.number("relevance", plan.rules.relevance, 0.0, 1.0);
  reader.number("tag_share", plan.rules.tag_share, 0.01, 1.0);
  reader.number("reason_share", plan.rules.reason_share, 0.0, 1.0);
  reader.integer("new_days", plan.rules.new_days, 1, kNewDaysMost);
  reader.integer("learn_minutes", plan.rules.learn_minutes, 1, kLearnMinutesMost);
  YUPU_RETURN_IF_ERROR(reader.finish());
  strategy.recommend = plan;
  return ok_status();
}

}  // namespace yupu::strategy
