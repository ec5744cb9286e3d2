// [[recommend.kafka]], as a running server reads it: events of topics into the records of tenants. Of several servers
// on one store one reads a topic at a time, and another goes on when it ends.
// Threads  one a topic, from start() to stop().
#pragma once

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "app/serve/house.h"
#include "products/recommend/serve/shops.h"
#include "strategy/recommend_kafka.h"

namespace yupu::app {

class EventTopics {
 public:
  // All outlive it.  Errors: those of named_or_only_tenant(), with the table they are of.
  static Result<std::unique_ptr<EventTopics>> open(const House& house, recommend::Shops& shops);
  void start();
  void stop();  // each ends within its wait for a broker

 private:
  struct Topic {
    std::string lead, source;
    std::unique_ptr<strategy::EventTopic> events;
  };
  EventTopics(const House& house, recommend::Shops& shops) : store_(house.store), shops_(shops) {}
  void read_until(const std::stop_token& stop, const Topic& topic);

  store::Store& store_;
  recommend::Shops& shops_;
  std::vector<Topic> topics_;
  std::vector<std::jthread> threads_;
};

}  // namespace yupu::app
