#include "console/routes.h"

#include <memory>
#include <utility>

#include "console/overview.h"
#include "http/query.h"

namespace yupu::console {
namespace {

using handoff::Person;

constexpr std::int64_t kRowsMost = 1000;
constexpr std::string_view kAnyObject = R"({"type": "object"})";

// What the handlers share; lives as long as the router.
struct Shared {
  store::Store& store;
  const Clock& clock;
  const Sources sources;
};

Result<Json> figures(Shared& shared, const http::Request& request, const Person& person) {
  Period period{.now_ns = shared.clock.now_ns(), .utc_offset_minutes = shared.sources.utc_offset_minutes};
  YUPU_ASSIGN_OR_RETURN(period.days, http::whole_number(request, "days", period.days, kDaysMost));
  return overview(shared.store, person.tenant_id, period);
}

Result<Json> conversations(Shared& shared, const http::Request& request, const Person& person) {
  YUPU_ASSIGN_OR_RETURN(const std::int64_t limit, http::whole_number(request, "limit", 100, kRowsMost));
  YUPU_ASSIGN_OR_RETURN(Json rows, shared.sources.conversations(person.tenant_id, http::asked(request, "said"), limit));
  return Json{{"conversations", std::move(rows)}};
}

Result<Json> opinions(Shared& shared, const http::Request& request, const Person& person) {
  YUPU_ASSIGN_OR_RETURN(const std::int64_t limit, http::whole_number(request, "limit", 100, kRowsMost));
  YUPU_ASSIGN_OR_RETURN(Json rows, shared.sources.opinions(person.tenant_id, limit));
  return Json{{"opinions", std::move(rows)}};
}

constexpr handoff::PersonRoute<Shared> kRoutes[] = {
    {{.method = "GET",
      .pattern = "/v1/console/overview",
      .scope = "agent",
      .summary = "figures of the last ?days=, with an agent's token",
      .response_schema = kAnyObject},
     &figures},
    {{.method = "GET",
      .pattern = "/v1/console/conversations",
      .scope = "agent",
      .summary = "the newest conversations, those in which ?said= was said, with an agent's token",
      .response_schema = kAnyObject},
     &conversations},
    {{.method = "GET",
      .pattern = "/v1/console/opinions",
      .scope = "agent",
      .summary = "votes, scores of conversations and corrections that count, newest first, each with its call",
      .response_schema = kAnyObject},
     &opinions},
};

}  // namespace

void add_routes(http::Router& router, store::Store& store, const Clock& clock, const Sources& sources) {
  const std::shared_ptr<Shared> shared(new Shared{store, clock, sources});
  handoff::add_routes(router, kRoutes, shared, sources.door);
}

}  // namespace yupu::console
