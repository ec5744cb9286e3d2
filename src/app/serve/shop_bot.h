// Customer service, as a running server offers it: the strategy's bot, the desk of the people behind it, the networks
// it speaks on, and the console.
#pragma once

#include <memory>

#include "app/serve/house.h"
#include "app/serve/models.h"
#include "app/serve/shadow_reader.h"
#include "http/router.h"
#include "products/service/agents/agent_routes.h"
#include "products/service/agents/desk.h"
#include "products/service/agents/notice_sender.h"
#include "products/service/agents/visitor_routes.h"
#include "products/service/bot.h"
#include "products/service/connectors/connector_routes.h"
#include "products/service/knowledge/knowledge_base.h"
#include "serving/service.h"
#include "strategy/retention.h"

namespace yupu::app {

// Outlives the service, which owns the bot.
class ShopBot {
 public:
  // `house` and `models` outlive it, `service` outlives its calls. REQUIRES: a strategy. Errors: what it names and is
  // not there.
  Status open(const House& house, Models& models, serving::Service& service);
  void add_routes(http::Router& router);
  void start();
  void stop();
  // Whose conversations are whose, before anybody asks.
  void look() { desk_->look(); }

 private:
  void open_desk();
  Status open_connectors();
  void add_console(http::Router& router);

  const House* house_ = nullptr;
  Models* models_ = nullptr;
  serving::Service* service_ = nullptr;
  const strategy::Strategy* strategy_ = nullptr;
  std::unique_ptr<products::Desk> desk_;
  const products::Bot* bot_ = nullptr;  // and the documents it quotes; the service owns both
  products::KnowledgeBase* knowledge_base_ = nullptr;
  std::unique_ptr<products::AgentRoutes> agent_routes_;
  std::unique_ptr<products::VisitorRoutes> visitor_routes_;
  products::ConnectorRoutes connectors_;
  std::unique_ptr<ShadowReader> shadow_;
  std::unique_ptr<products::NoticeSender> notices_;  // null: nobody is told
  std::unique_ptr<strategy::Retention> retention_;   // null: conversations are kept for good
};

}  // namespace yupu::app
