// /v1/recommend/...: what the pages of recommendation ask for, and what people do there, with an agent's token; the
// tenant is the agent's.  A preview is no list that was given: nothing of it is kept.
// Threads  handlers run on many request threads.
#pragma once

#include <string>
#include <utility>

#include "base/clock.h"
#include "handoff/people.h"
#include "http/router.h"
#include "products/recommend/serve/policy.h"
#include "products/recommend/serve/shops.h"
#include "store/store.h"

namespace yupu::recommend {

class BoardRoutes {
 public:
  using Person = handoff::Person;  // a manager may decide which release serves

  // All outlive the routes.
  BoardRoutes(store::Store& store, const Clock& clock, Shops& shops, handoff::Door door)
      : store_(store), clock_(clock), shops_(shops), door_(std::move(door)) {}
  void add_routes(http::Router& router);

 private:
  struct RouteRow;
  static const RouteRow kRoutes[];

  Result<http::Response> overview(const http::Request& request, const Person& person);
  Result<http::Response> items(const http::Request& request, const Person& person);
  Result<http::Response> hide(const http::Request& request, const Person& person);
  Result<http::Response> users(const http::Request& request, const Person& person);
  Result<http::Response> history(const http::Request& request, const Person& person);
  Result<http::Response> preview(const http::Request& request, const Person& person);
  Result<http::Response> rules(const http::Request& request, const Person& person);
  Result<http::Response> put_rules(const http::Request& request, const Person& person);
  Result<http::Response> metrics(const http::Request& request, const Person& person);
  Result<http::Response> health(const http::Request& request, const Person& person);
  http::Response source_metrics(const http::Request& request);
  Result<http::Response> releases(const http::Request& request, const Person& person);
  Result<http::Response> roll_back(const http::Request& request, const Person& person);
  Result<ItemIds> hidden(const std::string& tenant_id);
  Result<Policy> policy(const std::string& tenant_id);

  store::Store& store_;
  const Clock& clock_;
  Shops& shops_;
  const handoff::Door door_;
};

}  // namespace yupu::recommend
