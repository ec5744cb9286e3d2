#include "strategy/monitor_reader.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "http/url.h"
#include "strategy/monitor_route_reader.h"
#include "strategy/topic_plan_reader.h"

namespace yupu::strategy {
namespace {

using monitor::kDayNs;
using monitor::kMinuteNs;
using monitor::kSecondNs;

constexpr std::int64_t kRetentionDaysLeast = 4;  // longer than a story is
constexpr std::int64_t kRetentionDaysMost = 3660;

// [monitor] itself: what every topic's rule begins as.
Status read_rule(TomlReader& reader, monitor::SurgeRule& rule) {
  reader.number("false_alarms_per_week", rule.threshold.alarms_per_week, 0.001, 100.0);
  reader.integer("publishers_min", rule.publishers_min, 0, 1000);
  read_duration(reader, "hold_minutes", kMinuteNs, 0, 1440, rule.hold_ns);
  read_duration(reader, "keep_firing_minutes", kMinuteNs, 0, 1440, rule.keep_firing_ns);
  read_duration(reader, "reopen_minutes", kMinuteNs, 0, 1440, rule.reopen_ns);
  return ok_status();
}

Status read_topic(const toml::table& table, const std::string& file, monitor::SurgeRule rule,
                  std::vector<monitor::Topic>& topics, monitor::TopicRules& rules) {
  monitor::Topic topic;
  TomlReader reader(table, file, fmt::format("monitor.topic[{}]", topics.size()));
  reader.text("name", topic.name, true);
  reader.texts("aliases", topic.aliases);
  reader.texts("ambiguous", topic.ambiguous);
  reader.texts("context", topic.context);
  reader.texts("except", topic.except);
  std::int64_t limit = 1;
  reader.integer("absolute_limit", limit, 1, 1000000000);
  if (reader.has("absolute_limit")) rule.absolute_limit = limit;
  YUPU_RETURN_IF_ERROR(reader.finish());
  rules.insert_or_assign(topic.name, std::move(rule));
  topics.push_back(std::move(topic));
  return ok_status();
}

Status read_file_source(const toml::table& table, const std::string& file, MonitorPlan& plan) {
  MonitorFile source;
  TomlReader reader(table, file, fmt::format("monitor.file[{}]", plan.files.size()));
  reader.text("path", source.path, true);
  source.source = source.path;
  reader.text("source", source.source);
  for (const MonitorFile& other : plan.files) {
    if (other.source == source.source)
      reader.fail("source", fmt::format("\"{}\" is another file's already", source.source));
  }
  YUPU_RETURN_IF_ERROR(reader.finish());
  plan.files.push_back(std::move(source));
  return ok_status();
}

constexpr std::int64_t kEntriesMost = 1000;

data::FeedKind feed_kind(const std::string& name) {
  if (name == "json") return data::FeedKind::kJson;
  if (name == "sitemap") return data::FeedKind::kSitemap;
  return name == "list" ? data::FeedKind::kList : data::FeedKind::kXml;
}

// [[monitor.source]] with kind = "file" is a [[monitor.file]] by another name.
Status read_source(const toml::table& table, const std::string& file, std::size_t number, MonitorPlan& plan) {
  TomlReader reader(table, file, fmt::format("monitor.source[{}]", number));
  std::string kind, url, path, name, sentiment;
  reader.one_of("kind", kind, {"rss", "atom", "json", "sitemap", "list", "file"});
  if (kind.empty()) reader.fail("kind", "is required: rss, atom, json, sitemap, list or file");
  const bool is_file = kind == "file";
  reader.text(is_file ? "path" : "url", is_file ? path : url, true);
  name = is_file ? path : url;
  reader.text("source", name);
  for (const MonitorFile& other : plan.files) {
    if (other.source == name) reader.fail("source", fmt::format("\"{}\" is a file's already", name));
  }
  for (const MonitorSource& other : plan.sources) {
    if (other.source == name) reader.fail("source", fmt::format("\"{}\" is another source's already", name));
  }
  if (is_file) {
    YUPU_RETURN_IF_ERROR(reader.finish());
    plan.files.push_back({.path = path, .source = name});
    return ok_status();
  }
  MonitorSource source;
  source.source = name;
  source.kind = feed_kind(kind);
  source.fetch_pages = kind == "list" || kind == "sitemap";
  if (reader.has("sentiment")) {
    reader.one_of("sentiment", sentiment, {"negative", "neutral", "positive"});
    source.sentiment = monitor::sentiment_of(sentiment);
  } else if (!plan.sentiment) {
    reader.fail("sentiment", "is required where no [monitor.sentiment] names a model: what its documents count as");
  }
  read_duration(reader, "interval_minutes", kMinuteNs, 1, 10080, source.interval_ns);
  reader.boolean("fetch_pages", source.fetch_pages);
  reader.integer("pages_max", source.pages_max, 1, kEntriesMost);
  reader.integer("utc_offset_minutes", source.feed.utc_offset_minutes, -14 * 60, 14 * 60);
  reader.text("link_part", source.feed.link_part);
  if (auto parsed = http::parse_url(url); parsed.ok()) {
    source.url = std::move(parsed).value();
  } else {
    reader.fail("url", parsed.status().message());
  }
  YUPU_RETURN_IF_ERROR(reader.finish());
  plan.sources.push_back(std::move(source));
  return ok_status();
}

bool is_taken(const std::string& source, const MonitorPlan& plan) {
  const auto has = [&](const auto& list) {
    return std::any_of(list.begin(), list.end(), [&](const auto& other) { return other.source == source; });
  };
  return has(plan.files) || has(plan.sources) || has(plan.kafka);
}

Status read_kafka(const toml::table& table, const std::string& file, MonitorPlan& plan) {
  MonitorKafka source;
  TomlReader reader(table, file, fmt::format("monitor.kafka[{}]", plan.kafka.size()));
  read_topic_options(reader, source.topic, source.source);
  if (is_taken(source.source, plan))
    reader.fail("source", fmt::format("\"{}\" is another source's already", source.source));
  YUPU_RETURN_IF_ERROR(reader.finish());
  plan.kafka.push_back(std::move(source));
  return ok_status();
}

Status read_sentiment(const toml::table& table, const std::string& file, MonitorPlan& plan) {
  MonitorSentimentPlan sentiment;
  TomlReader reader(table, file, "monitor.sentiment");
  reader.text("model", sentiment.model);
  reader.text("directory", sentiment.directory);
  if (sentiment.model.empty() == sentiment.directory.empty())
    reader.fail("model", "name a released model, or a directory with one: either, not both");
  YUPU_RETURN_IF_ERROR(reader.finish());
  plan.sentiment = std::move(sentiment);
  return ok_status();
}

Status read_stories(const toml::table& table, const std::string& file, MonitorPlan& plan) {
  TomlReader reader(table, file, "monitor.stories");
  reader.text("embedder", plan.stories.embedder, true);
  reader.number("cosine_min", plan.intake.story_cosine_min, 0.0, 1.0);
  return reader.finish();
}

Status read_push(const toml::table& table, const std::string& file, MonitorPlan& plan) {
  monitor::InboxOptions inbox;
  TomlReader reader(table, file, "monitor.push");
  reader.integer("waiting_max", inbox.waiting_max, monitor::kInboxRowsMax, 10'000'000);
  reader.integer("rows_per_minute", inbox.rows_per_minute, monitor::kInboxRowsMax, 10'000'000);
  YUPU_RETURN_IF_ERROR(reader.finish());
  plan.push = inbox;
  return ok_status();
}

void read_fetch(TomlReader& reader, bool has_sources, MonitorPlan& plan) {
  plan.fetch.wait_max_ns = 5 * kSecondNs;  // a source whose host is busy waits without holding a thread
  reader.text("user_agent", plan.fetch.user_agent);
  reader.boolean("allow_private_addresses", plan.fetch.allow_private);
  reader.integer("fetch_threads", plan.fetch_threads, 1, 64);
  if (!has_sources) return;
  if (data::product_token(plan.fetch.user_agent).empty())
    reader.fail("user_agent", "is required where something is fetched, like \"newsroom/1 (+https://example.org/bot)\"");
}

}  // namespace

Status read_monitor(const toml::table& table, Strategy& strategy) {
  MonitorPlan plan;
  TomlReader reader(table, strategy.path, "monitor");
  read_duration(reader, "retention_days", kDayNs, kRetentionDaysLeast, kRetentionDaysMost, plan.intake.retention_ns);
  reader.boolean("count_every_document", plan.intake.count_every_document);
  reader.text("tenant", plan.tenant);
  monitor::SurgeRule rule;
  rule.series.count_every_document = plan.intake.count_every_document;
  YUPU_RETURN_IF_ERROR(read_rule(reader, rule));
  const toml::table* const sentiment_table = reader.table("sentiment");
  const toml::table* const stories_table = reader.table("stories");
  const toml::table* const push_table = reader.table("push");
  const auto topic_tables = reader.tables("topic", true);
  const auto route_tables = reader.tables("route");
  const auto file_tables = reader.tables("file");
  const auto source_tables = reader.tables("source");
  const auto kafka_tables = reader.tables("kafka");
  const bool fetches = std::any_of(source_tables.begin(), source_tables.end(), [](const toml::table* item) {
    return (*item)["kind"].value_or(std::string_view()) != "file";
  });
  read_fetch(reader, fetches, plan);
  std::vector<monitor::Topic> topics;
  for (const toml::table* item : topic_tables)
    YUPU_RETURN_IF_ERROR(read_topic(*item, strategy.path, rule, topics, plan.rules));
  auto dictionary = monitor::TopicDictionary::create(std::move(topics));
  if (!dictionary.ok()) reader.fail("topic", dictionary.status().message());
  YUPU_RETURN_IF_ERROR(reader.finish());
  plan.topics = std::move(dictionary).value();
  if (sentiment_table != nullptr) YUPU_RETURN_IF_ERROR(read_sentiment(*sentiment_table, strategy.path, plan));
  if (stories_table != nullptr) YUPU_RETURN_IF_ERROR(read_stories(*stories_table, strategy.path, plan));
  if (push_table != nullptr) YUPU_RETURN_IF_ERROR(read_push(*push_table, strategy.path, plan));
  for (const toml::table* item : route_tables) YUPU_RETURN_IF_ERROR(read_monitor_route(*item, strategy.path, plan));
  for (const toml::table* item : file_tables) YUPU_RETURN_IF_ERROR(read_file_source(*item, strategy.path, plan));
  for (std::size_t i = 0; i < source_tables.size(); ++i)
    YUPU_RETURN_IF_ERROR(read_source(*source_tables[i], strategy.path, i, plan));
  for (const toml::table* item : kafka_tables) YUPU_RETURN_IF_ERROR(read_kafka(*item, strategy.path, plan));
  strategy.monitor = std::move(plan);
  return ok_status();
}

}  // namespace yupu::strategy
