#include "app/serve/event_topics.h"

#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "app/tenant_place.h"
#include "base/log.h"

namespace yupu::app {
namespace {

constexpr int kWaitMs = 500;  // for messages
constexpr auto kPause = std::chrono::milliseconds(100);

}  // namespace

Result<std::unique_ptr<EventTopics>> EventTopics::open(const House& house, recommend::Shops& shops) {
  std::unique_ptr<EventTopics> topics(new EventTopics(house, shops));
  for (std::size_t i = 0; i < house.options.event_topics.size(); ++i) {
    const strategy::RecommendKafka& topic = house.options.event_topics[i];
    const auto tenant = named_or_only_tenant(house.store, topic.tenant);
    if (!tenant.ok()) return tenant.status().with_context(fmt::format("recommend.kafka[{}].tenant", i));
    topics->topics_.push_back(
        {.lead = fmt::format("recommend/{}/{}", tenant->id, topic.source),
         .source = topic.source,
         .events = std::make_unique<strategy::EventTopic>(house.store, house.clock, tenant->id, topic)});
  }
  return topics;
}

void EventTopics::read_until(const std::stop_token& stop, const Topic& topic) {
  std::unique_ptr<store::Lead> lead;
  while (!stop.stop_requested()) {
    if (lead == nullptr || !lead->is_held()) {
      lead.reset();
      auto taken = store_.lead(topic.lead);
      if (taken.ok()) lead = std::move(taken).value();
      if (lead == nullptr) {
        std::this_thread::sleep_for(kPause);
        continue;
      }
    }
    const auto outcomes = topic.events->take_some(kWaitMs);
    if (!outcomes.ok())
      log::error("recommend_source_failed", {{"source", topic.source}, {"error", outcomes.status().message()}});
    if (outcomes.ok() && outcomes->contains("added")) shops_.ring();
    if (!outcomes.ok() || outcomes->empty()) std::this_thread::sleep_for(kPause);
  }
}

void EventTopics::start() {
  for (const Topic& topic : topics_)
    threads_.emplace_back([this, &topic](const std::stop_token& stop) { read_until(stop, topic); });
}

void EventTopics::stop() {
  for (std::jthread& thread : threads_) thread.request_stop();
  threads_.clear();
}

}  // namespace yupu::app
