// [recommend] of the strategy file: the lists of /v1/recommend, and where events come from besides. Keys:
// docs/recommend.md.
#pragma once

#include <string>
#include <vector>

#include "data/acquire/kafka/message_topic.h"
#include "products/recommend/serve/rules.h"

namespace yupu::strategy {

struct RecommendKafka {      // [[recommend.kafka]]: a topic of events (recommend_kafka.h)
  std::string source;        // its name; "kafka:<topic>" where none is given
  std::string tenant;        // whose events they are, by name; empty: the only one's
  data::TopicOptions topic;  // ca_file where it lies
};

struct RecommendPlan {
  recommend::ListRules rules = {};
  std::vector<RecommendKafka> kafka = {};
};

}  // namespace yupu::strategy
