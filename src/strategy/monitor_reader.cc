#include "strategy/monitor_reader.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/file.h"
#include "http/url.h"

namespace yupu::strategy {
namespace {

using monitor::kDayNs;
using monitor::kMinuteNs;
using monitor::kSecondNs;

constexpr std::int64_t kRetentionDaysLeast = 4;  // longer than a story is
constexpr std::int64_t kRetentionDaysMost = 3660;
constexpr std::size_t kSecretBytesMax = 4096;

// A duration in the file's unit, with what it is when nothing is said.
void read_duration(TomlReader& reader, std::string_view key, std::int64_t unit_ns, std::int64_t least,
                   std::int64_t most, std::int64_t& out_ns) {
  std::int64_t count = out_ns / unit_ns;
  reader.integer(key, count, least, most);
  if (reader.has(key)) out_ns = count * unit_ns;
}

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
  std::int64_t limit = 1;
  reader.integer("absolute_limit", limit, 1, 1000000000);
  if (reader.has("absolute_limit")) rule.absolute_limit = limit;
  YUPU_RETURN_IF_ERROR(reader.finish());
  rules.insert_or_assign(topic.name, std::move(rule));
  topics.push_back(std::move(topic));
  return ok_status();
}

Status read_route(const toml::table& table, const std::string& file, MonitorPlan& plan) {
  monitor::Route route;
  std::string secret_file, group = "topic";
  TomlReader reader(table, file, fmt::format("monitor.route[{}]", plan.routes.size()));
  reader.text("name", route.name, true);
  reader.text("url", route.url, true);
  reader.text("secret_file", secret_file, true);
  reader.texts("topics", route.topics);
  reader.one_of("group", group, {"topic", "all"});
  route.one_group = group == "all";
  read_duration(reader, "wait_seconds", kSecondNs, 0, 86400, route.wait_ns);
  read_duration(reader, "interval_seconds", kSecondNs, 0, 86400, route.interval_ns);
  read_duration(reader, "repeat_minutes", kMinuteNs, 1, 43200, route.repeat_ns);
  read_duration(reader, "after_minutes", kMinuteNs, 0, 43200, route.after_ns);
  reader.boolean("allow_private_addresses", route.allow_private);
  if (const auto url = http::parse_url(route.url); !url.ok()) {
    reader.fail("url", url.status().message());
  } else if (url->scheme != "http") {
    reader.fail("url", "https is not spoken; put a local proxy in front");
  }
  for (const std::string& topic : route.topics) {
    if (plan.rules.find(topic) == plan.rules.end())
      reader.fail("topics", fmt::format("no [[monitor.topic]] has the name \"{}\"", topic));
  }
  for (const monitor::Route& other : plan.routes) {
    if (other.name == route.name) reader.fail("name", fmt::format("\"{}\" is another route's already", route.name));
  }
  YUPU_RETURN_IF_ERROR(reader.finish());
  plan.routes.push_back(std::move(route));
  plan.secret_files.push_back(std::move(secret_file));
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
  const auto topic_tables = reader.tables("topic", true);
  const auto route_tables = reader.tables("route");
  const auto file_tables = reader.tables("file");
  const auto source_tables = reader.tables("source");
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
  for (const toml::table* item : route_tables) YUPU_RETURN_IF_ERROR(read_route(*item, strategy.path, plan));
  for (const toml::table* item : file_tables) YUPU_RETURN_IF_ERROR(read_file_source(*item, strategy.path, plan));
  for (std::size_t i = 0; i < source_tables.size(); ++i)
    YUPU_RETURN_IF_ERROR(read_source(*source_tables[i], strategy.path, i, plan));
  strategy.monitor = std::move(plan);
  return ok_status();
}

Result<std::vector<monitor::Route>> routes_with_secrets(const Strategy& strategy) {
  std::vector<monitor::Route> routes = strategy.monitor->routes;
  for (std::size_t i = 0; i < routes.size(); ++i) {
    const std::string path = strategy.resolve(strategy.monitor->secret_files[i]);
    YUPU_ASSIGN_OR_RETURN(std::string secret, read_file(path, kSecretBytesMax));
    secret.erase(secret.find_last_not_of(" \t\r\n") + 1);
    if (secret.empty())
      return invalid_argument(fmt::format("{}: the secret of route '{}' is empty", path, routes[i].name),
                              "secret_file");
    routes[i].secret = std::move(secret);
  }
  return routes;
}

}  // namespace yupu::strategy
