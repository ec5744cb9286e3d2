// The list on a shop's own page (docs/recommend-releases.md): for visitors with a token instead of a key, for pages of
// the origins that the public bot lists.  The user is the visitor: what they do on the page is theirs alone.
//   POST /v1/widget/recommend   a list, as /v1/recommend gives it
//   POST /v1/widget/events      what the visitor did with an item of it; a sponsored one is counted and charged once
// Threads  handlers run on many request threads.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "http/router.h"
#include "products/recommend/serve/recommend_routes.h"
#include "serving/service.h"
#include "store/store.h"

namespace yupu::recommend {

class WidgetRoutes {
 public:
  using Door = std::function<serving::Service::Access(const http::Request& request)>;
  // Adds a route that pages of other origins may call.
  using AddRoute = std::function<void(const http::RouteInfo& info, http::Handler handler)>;

  // All outlive the routes.
  WidgetRoutes(store::Store& store, const Clock& clock, Shops& shops, RecommendRoutes& lists, Door door, BookClick book)
      : store_(store), clock_(clock), shops_(shops), lists_(lists), door_(std::move(door)), book_(std::move(book)) {}
  void add_routes(const AddRoute& add);

 private:
  Result<http::Response> list(const http::Request& request, const serving::Service::Access& access);
  Result<http::Response> event(const http::Request& request, const serving::Service::Access& access);

  store::Store& store_;
  const Clock& clock_;
  Shops& shops_;
  RecommendRoutes& lists_;
  const Door door_;
  const BookClick book_;
};

}  // namespace yupu::recommend
