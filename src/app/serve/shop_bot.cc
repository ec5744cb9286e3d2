#include "app/serve/shop_bot.h"

#include <string>
#include <utility>
#include <vector>

#include "app/console_sources.h"
#include "app/miss_vectors.h"
#include "app/shop_sources.h"
#include "feedback/feedback.h"
#include "feedback/misses/miss_routes.h"
#include "feedback/report/report_routes.h"
#include "products/service/conversation/conversation_bot.h"
#include "products/service/knowledge/knowledge_routes.h"
#include "strategy/connector_plan.h"
#include "strategy/knowledge_plan.h"
#include "strategy/strategy.h"

namespace yupu::app {

constexpr int kNoticeTimeoutMs = 5000;  // as long may a shutdown wait for a receiver that hangs

Status ShopBot::open(const House& house, Models& models, serving::Service& service) {
  house_ = &house;
  models_ = &models;
  service_ = &service;
  strategy_ = house.options.strategy;
  YUPU_ASSIGN_OR_RETURN(auto dialogue, strategy::make_dialogue(*strategy_, house.options.answers));
  const strategy::ServicePlan& plan = strategy_->service;
  YUPU_ASSIGN_OR_RETURN(auto knowledge, strategy::open_knowledge(*strategy_, house.store));
  desk_ = std::make_unique<products::Desk>(house.store, house.clock, plan.desk);
  products::ConversationOptions conversation = plan.conversation;
  conversation.mask = strategy_->privacy.in_conversations();
  knowledge_base_ = knowledge.get();
  auto bot = std::make_unique<products::ConversationBot>(house.store, house.clock, std::move(dialogue), conversation,
                                                         desk_.get(), std::move(knowledge));
  bot_ = &bot->bot();
  open_desk();
  service.add_bot(std::move(bot));
  shadow_ = std::make_unique<ShadowReader>(house);
  service.set_shadow(shadow_->shadow);
  YUPU_RETURN_IF_ERROR(open_connectors());
  if (!plan.notify.routes.empty()) {
    YUPU_ASSIGN_OR_RETURN(auto told, strategy::shop_notices(*strategy_));
    notices_ = std::make_unique<products::NoticeSender>(house.store, house.clock, std::move(told),
                                                        monitor::send_over_network(kNoticeTimeoutMs));
  }
  if (plan.keep_days > 0) {
    retention_ = std::make_unique<strategy::Retention>(
        house.store, house.clock, strategy::RetentionRule{.bot = plan.bot, .keep_days = plan.keep_days});
  }
  return ok_status();
}

// What agents and visitors ask for beside the bot's answers.
void ShopBot::open_desk() {
  // Corrections name labels of the model that reads the bot's texts.
  const products::TakeOpinion take = [house = house_, &host = *models_->host,
                                      name = bot_->options().model](handoff::Feedback opinion) {
    const auto model = host.find(name);
    const std::vector<std::string> labels = model == nullptr ? std::vector<std::string>() : model->model->card().labels;
    return feedback::record_feedback(house->store, house->clock, std::move(opinion), labels);
  };
  agent_routes_ = std::make_unique<products::AgentRoutes>(house_->store, house_->clock, *desk_, take,
                                                          strategy_->privacy.in_conversations());
  agent_routes_->add_bot(*bot_);
  visitor_routes_ = std::make_unique<products::VisitorRoutes>(
      house_->store, house_->clock, *desk_,
      [service = service_](const http::Request& request) {
        return service->admit_to_conversation(request, request.params.at("id"));
      },
      take);
}

Status ShopBot::open_connectors() {
  YUPU_ASSIGN_OR_RETURN(auto made, strategy::make_connectors(*strategy_));
  for (std::size_t i = 0; i < made.size(); ++i) {
    const strategy::ConnectorPlan& plan = strategy_->connectors[i];
    connectors_.add(std::make_unique<products::Line>(
        house_->store, house_->clock, std::move(made[i]),
        products::LineOptions{.bot = strategy_->service.bot, .channel = plan.channel}, house_->caller_of(plan.tenant),
        [service = service_](const http::Request& request, const handoff::Caller& caller) {
          return service->answer_as(request, caller);
        }));
  }
  return ok_status();
}

void ShopBot::add_routes(http::Router& router) {
  agent_routes_->add_routes(router);
  visitor_routes_->add_routes([&](const http::RouteInfo& info, http::Handler handler) {
    service_->add_shared_route(router, info, std::move(handler));
  });
  connectors_.add_routes(router);
  add_console(router);
  feedback::add_miss_routes(
      router, house_->store, house_->clock,
      {.model = strategy_->name, .door = products::agent_door(house_->store), .vectors = miss_vectors(*strategy_)});
}

void ShopBot::add_console(http::Router& router) {
  store::Store& store = house_->store;
  const Clock& clock = house_->clock;
  const std::int64_t utc_offset_minutes = strategy_->service.dialogue.utc_offset_minutes;
  console::add_routes(router, store, clock, console_sources(store, utc_offset_minutes));
  console::add_shop_routes(router, store, clock,
                           shop_sources({.store = store,
                                         .clock = clock,
                                         .strategy = *strategy_,
                                         .bot = *bot_,
                                         .host = *models_->host,
                                         .watcher = *models_->watcher,
                                         .workdir = house_->options.workdir}));
  products::KnowledgeRouteOptions knowledge{.base = knowledge_base_};
  if (strategy_->knowledge) knowledge.passages = strategy_->knowledge->passages;
  products::add_knowledge_routes(router, store, clock, knowledge);
  feedback::add_report_routes(
      router, store, clock,
      {.model = strategy_->name, .door = products::agent_door(store), .utc_offset_minutes = utc_offset_minutes});
}

void ShopBot::start() {
  desk_->start();
  connectors_.start();
  shadow_->shadow.start();
  if (notices_ != nullptr) notices_->start();
  if (retention_ != nullptr) retention_->start();
}

void ShopBot::stop() {
  connectors_.stop();
  shadow_->shadow.stop();
  if (notices_ != nullptr) notices_->stop();
  desk_->stop();
  if (retention_ != nullptr) retention_->stop();
}

}  // namespace yupu::app
