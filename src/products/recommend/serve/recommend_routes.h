// POST /v1/events, /v1/items, /v1/recommend, /v1/recommend/rerank and /v1/recommend/sponsored/click, with an API key;
// the tenant is the key's. Threads  handlers run on many request threads.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "http/router.h"
#include "products/recommend/serve/given_order.h"
#include "products/recommend/serve/lists.h"
#include "products/recommend/serve/shops.h"
#include "products/recommend/serve/sponsored/campaigns.h"
#include "serving/service.h"
#include "store/store.h"

namespace yupu::recommend {

class RecommendRoutes {
 public:
  // Who asks, with a key of this scope.
  using Door = std::function<serving::Service::Access(const http::Request& request, std::string_view scope)>;

  // All outlive the routes.
  RecommendRoutes(store::Store& store, const Clock& clock, Shops& shops, Door door, BookClick book)
      : store_(store), clock_(clock), shops_(shops), door_(std::move(door)), book_(std::move(book)) {}
  void add_routes(http::Router& router);
  // A list that is given out, and kept: the body of /v1/recommend.
  Result<OrderedJson> give(const std::string& tenant_id, ListRequest wanted);

 private:
  struct RouteRow;
  static const RouteRow kRoutes[];

  Result<http::Response> events(const http::Request& request, const std::string& tenant_id);
  Result<http::Response> items(const http::Request& request, const std::string& tenant_id);
  Result<http::Response> recommend(const http::Request& request, const std::string& tenant_id);
  Result<http::Response> rerank(const http::Request& request, const std::string& tenant_id);
  Result<http::Response> click(const http::Request& request, const std::string& tenant_id);
  // What is asked of the store before a list is made.
  struct Ground {
    ItemIds hidden;
    Policy policy;
    std::vector<CampaignToday> campaigns;
  };
  // And what the user did since the record was read, into `wanted`.
  Result<Ground> ground_of(const std::string& tenant_id, const Record& record, bool with_campaigns, std::int64_t now_ns,
                           ListRequest& wanted);

  store::Store& store_;
  const Clock& clock_;
  Shops& shops_;
  const Door door_;
  const BookClick book_;
};

}  // namespace yupu::recommend
