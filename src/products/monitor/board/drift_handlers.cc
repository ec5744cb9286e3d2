// The weeks of the drift watch (products/monitor/drift) and what the model is unsure of, by way of the monitor's
// routes.
#include "http/door.h"
#include "http/query.h"
#include "products/monitor/board/routes.h"
#include "products/monitor/drift/drift.h"

namespace yupu::monitor {
namespace {

constexpr std::int64_t kRowsMost = 1000;
constexpr std::int64_t kWeeksShown = 52;
constexpr std::int64_t kDaysMost = 400;

http::Response reply(const Json& json) { return http::unkept_json(to_text(json)); }

}  // namespace

Result<http::Response> BoardRoutes::drift(const http::Request& request, const std::string&) {
  YUPU_ASSIGN_OR_RETURN(const std::int64_t limit, http::whole_number(request, "limit", kWeeksShown, kRowsMost));
  YUPU_ASSIGN_OR_RETURN(const auto weeks, drift_weeks(store_, monitor_, limit));
  Json rows = Json::array();
  for (const DriftWeek& week : weeks) rows.push_back(Json(week.to_json()));
  return reply({{"weeks", std::move(rows)}});
}

Result<http::Response> BoardRoutes::unsure(const http::Request& request, const std::string&) {
  BoardView::UnsureQuery query;
  query.topic = http::asked(request, "topic");
  YUPU_ASSIGN_OR_RETURN(query.days, http::whole_number(request, "days", query.days, kDaysMost));
  YUPU_ASSIGN_OR_RETURN(query.limit, http::whole_number(request, "limit", query.limit, kRowsMost));
  YUPU_ASSIGN_OR_RETURN(const Json json, view().unsure(query));
  return reply(json);
}

}  // namespace yupu::monitor
