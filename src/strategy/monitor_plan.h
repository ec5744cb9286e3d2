// [monitor] of the strategy file: what is watched, by which rules, and who is told. Keys: docs/monitor.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/acquire/feeds/feed.h"
#include "data/acquire/fetch/fetcher.h"
#include "data/acquire/kafka/message_topic.h"
#include "products/monitor/alarms/notices.h"
#include "products/monitor/detect/monitor.h"
#include "products/monitor/documents/inbox.h"
#include "products/monitor/documents/intake.h"
#include "products/monitor/documents/topics.h"
#include "strategy/route_secrets.h"

namespace yupu::strategy {

struct MonitorFile {  // [[monitor.file]]: a file that grows (products/monitor/documents/push.h)
  std::string path;   // as written; relative to the strategy file's folder
  std::string source;
};

struct MonitorSource {  // [[monitor.source]]: what is fetched again and again (monitor_sources.h)
  std::string source;   // its name; the address where none is given
  data::FeedKind kind = data::FeedKind::kXml;
  http::Url url;
  data::FeedOptions feed = {};
  std::int64_t interval_ns = 5 * monitor::kMinuteNs;
  std::optional<monitor::Sentiment> sentiment = {};  // what its documents count as; absent: the model scores them
  bool fetch_pages = false;                          // the pages of its entries, for their main text
  std::int64_t pages_max = 20;                       // of them in one poll; the others the next time
};

struct MonitorKafka {        // [[monitor.kafka]]: a topic of pushed rows (monitor_kafka.h)
  std::string source;        // its name; "kafka:<topic>" where none is given
  data::TopicOptions topic;  // ca_file as written
};

struct MonitorSentimentPlan {  // [monitor.sentiment]: one of the two
  std::string model;           // of this working folder, by its name: the live release
  std::string directory;       // a model directory, as written
};

struct MonitorStoriesPlan {  // [monitor.stories]
  std::string embedder;      // a sentence encoder's directory, as written; empty: stories are found by words alone
};

struct MonitorPlan {
  monitor::TopicDictionary topics;  // [[monitor.topic]]
  monitor::IntakeOptions intake = {};
  monitor::TopicRules rules = {};                // one a topic
  std::vector<monitor::Route> routes = {};       // [[monitor.route]]; secrets are not read yet
  std::vector<RouteSecrets> route_secrets = {};  // of each route
  std::vector<MonitorFile> files = {};
  std::vector<MonitorSource> sources = {};
  std::vector<MonitorKafka> kafka = {};
  std::optional<monitor::InboxOptions> push = {};      // [monitor.push]; absent: nobody may push over HTTP
  std::optional<MonitorSentimentPlan> sentiment = {};  // absent: every document brings its own
  MonitorStoriesPlan stories = {};
  std::string tenant = {};         // whose people (`yupu agents`) may look; empty: the only one's
  data::FetchOptions fetch = {};   // how they are fetched
  std::int64_t fetch_threads = 8;  // sources polled at once
};

// with_secrets() of the monitor's routes.
Result<std::vector<monitor::Route>> routes_with_secrets(const Strategy& strategy);

}  // namespace yupu::strategy
