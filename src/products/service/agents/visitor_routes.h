// /v1/conversations/{id}/...: what a visitor asks for beside POST /v1/answer: what was said, live, the offline form,
// and how content they were with it all. Threads: handlers run on many request threads.
#pragma once

#include <functional>
#include <utility>

#include "base/clock.h"
#include "http/router.h"
#include "products/service/agents/desk.h"
#include "products/service/agents/opinions.h"
#include "serving/request_body.h"
#include "serving/service.h"
#include "store/store.h"

namespace yupu::products {

class VisitorRoutes {
 public:
  // Who asks: the credentials of /v1/answer.
  using Door = std::function<serving::Service::Access(const http::Request& request)>;

  // All outlive the routes.
  VisitorRoutes(store::Store& store, const Clock& clock, Desk& desk, Door door, TakeOpinion take)
      : store_(store), clock_(clock), desk_(desk), door_(std::move(door)), take_(std::move(take)) {}
  // `add` puts a route where it is served; pages of a public bot may stand on other origins
  // (Service::add_shared_route).
  using Add = std::function<void(const http::RouteInfo& info, http::Handler handler)>;
  void add_routes(const Add& add);

 private:
  struct RouteRow;
  static const RouteRow kRoutes[];

  Result<http::Response> events(const http::Request& request, const Conversation& conversation);
  Result<http::Response> messages(const http::Request& request, const Conversation& conversation);
  Result<http::Response> contact(const http::Request& request, const Conversation& conversation);
  Result<http::Response> rating(const http::Request& request, const Conversation& conversation);

  store::Store& store_;
  const Clock& clock_;
  Desk& desk_;
  const Door door_;
  const TakeOpinion take_;
  const serving::BodyLimits limits_;
};

}  // namespace yupu::products
