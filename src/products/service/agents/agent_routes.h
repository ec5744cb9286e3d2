// /v1/agent/...: what an agent's console asks for. The agent's token is the Bearer; the tenant is the agent's.
// Threads: handlers run on many request threads; add_bot and add_routes before the server starts.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "base/clock.h"
#include "handoff/people.h"
#include "http/router.h"
#include "products/service/agents/agent_store.h"
#include "products/service/agents/desk.h"
#include "products/service/agents/opinions.h"
#include "products/service/bot.h"
#include "serving/request_body.h"
#include "store/store.h"
#include "text/personal/personal_data.h"

namespace yupu::products {

// Whose token a request carries. Error: kUnauthenticated.
Result<Agent> agent_of_request(store::Store& store, const http::Request& request);
// The same for rooms that do not know agents. `store` outlives the door.
handoff::Door agent_door(store::Store& store);

class AgentRoutes {
 public:
  // All outlive the routes.  `mask`: personal data that what agents say is kept without.
  AgentRoutes(store::Store& store, const Clock& clock, Desk& desk, TakeOpinion take, text::PersonalKinds mask = {})
      : store_(store), clock_(clock), desk_(desk), take_(std::move(take)), mask_(mask) {}
  void add_bot(const Bot& bot) { bots_[bot.options().name] = &bot; }
  void add_routes(http::Router& router);

 private:
  struct RouteRow;
  static const RouteRow kRoutes[];

  Result<http::Response> events(const http::Request& request, const Agent& agent);
  Result<http::Response> me(const http::Request& request, const Agent& agent);
  Result<http::Response> claim(const http::Request& request, const Agent& agent);
  Result<http::Response> read(const http::Request& request, const Agent& agent);
  Result<http::Response> say(const http::Request& request, const Agent& agent);
  Result<http::Response> close(const http::Request& request, const Agent& agent);
  Result<http::Response> hand(const http::Request& request, const Agent& agent);
  Result<http::Response> correct(const http::Request& request, const Agent& agent);
  const Bot* bot_of(const Conversation& conversation) const;

  store::Store& store_;
  const Clock& clock_;
  Desk& desk_;
  const TakeOpinion take_;
  const text::PersonalKinds mask_;
  const serving::BodyLimits limits_;
  std::map<std::string, const Bot*, std::less<>> bots_;
};

}  // namespace yupu::products
