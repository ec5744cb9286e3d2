#include "strategy/monitor_reader.h"

#include <utility>
#include <vector>

#include <fmt/format.h>

namespace yupu::strategy {
namespace {

constexpr std::int64_t kRetentionDaysLeast = 4;  // longer than a story is
constexpr std::int64_t kRetentionDaysMost = 3660;

}  // namespace

Status read_monitor(const toml::table& table, Strategy& strategy) {
  MonitorPlan plan;
  TomlReader reader(table, strategy.path, "monitor");
  std::int64_t retention_days = plan.intake.retention_ns / monitor::kDayNs;
  reader.integer("retention_days", retention_days, kRetentionDaysLeast, kRetentionDaysMost);
  plan.intake.retention_ns = retention_days * monitor::kDayNs;
  reader.boolean("count_every_document", plan.intake.count_every_document);
  std::vector<monitor::Topic> topics;
  for (const toml::table* item : reader.tables("topic", true)) {
    monitor::Topic topic;
    TomlReader topic_reader(*item, strategy.path, fmt::format("monitor.topic[{}]", topics.size()));
    topic_reader.text("name", topic.name, true);
    topic_reader.texts("aliases", topic.aliases);
    YUPU_RETURN_IF_ERROR(topic_reader.finish());
    topics.push_back(std::move(topic));
  }
  auto dictionary = monitor::TopicDictionary::create(std::move(topics));
  if (!dictionary.ok()) reader.fail("topic", dictionary.status().message());
  YUPU_RETURN_IF_ERROR(reader.finish());
  plan.topics = std::move(dictionary).value();
  strategy.monitor = std::move(plan);
  return ok_status();
}

}  // namespace yupu::strategy
