#include "console/routes.h"

#include <utility>

#include "console/overview.h"
#include "console/query.h"
#include "http/problem.h"

namespace yupu::console {
namespace {

constexpr std::int64_t kRowsMost = 1000;
constexpr std::string_view kAnyObject = R"({"type": "object"})";

using View = std::function<Result<Json>(const http::Request& request, const std::string& tenant_id)>;

void add_view(http::Router& router, const Sources& sources, std::string_view pattern, std::string_view summary,
              View view) {
  router.add({.method = "GET", .pattern = pattern, .scope = "agent", .summary = summary, .response_schema = kAnyObject},
             [tenant = sources.tenant, view = std::move(view)](const http::Request& request) {
               const Result<std::string> tenant_id = tenant(request);
               if (!tenant_id.ok()) return http::problem(tenant_id.status(), request.request_id);
               const Result<Json> json = view(request, *tenant_id);
               if (!json.ok()) return http::problem(json.status(), request.request_id);
               http::Response response = http::json_response(200, to_text(*json));
               response.headers.add("cache-control", "no-store");
               return response;
             });
}

}  // namespace

void add_routes(http::Router& router, store::Store& store, const Clock& clock, const Sources& sources) {
  add_view(router, sources, "/v1/console/overview", "figures of the last ?days=, with an agent's token",
           [&store, &clock, offset = sources.utc_offset_minutes](const http::Request& request,
                                                                 const std::string& tenant_id) -> Result<Json> {
             Period period{.now_ns = clock.now_ns(), .utc_offset_minutes = offset};
             YUPU_ASSIGN_OR_RETURN(period.days, whole_number(request, "days", period.days, kDaysMost));
             return overview(store, tenant_id, period);
           });
  add_view(router, sources, "/v1/console/conversations",
           "the newest conversations, those in which ?said= was said, with an agent's token",
           [rows = sources.conversations](const http::Request& request, const std::string& tenant_id) -> Result<Json> {
             YUPU_ASSIGN_OR_RETURN(const std::int64_t limit, whole_number(request, "limit", 100, kRowsMost));
             const auto said = request.query.find("said");
             YUPU_ASSIGN_OR_RETURN(Json found,
                                   rows(tenant_id, said == request.query.end() ? std::string() : said->second, limit));
             return Json{{"conversations", std::move(found)}};
           });
  add_view(router, sources, "/v1/console/opinions",
           "votes, scores of conversations and corrections that count, newest first, each with its call",
           [rows = sources.opinions](const http::Request& request, const std::string& tenant_id) -> Result<Json> {
             YUPU_ASSIGN_OR_RETURN(const std::int64_t limit, whole_number(request, "limit", 100, kRowsMost));
             YUPU_ASSIGN_OR_RETURN(Json found, rows(tenant_id, limit));
             return Json{{"opinions", std::move(found)}};
           });
}

}  // namespace yupu::console
