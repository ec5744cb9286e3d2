// The weeks of the drift watch (products/monitor/drift) and what the model is unsure of, by way of the monitor's
// routes.
#include <charconv>

#include <fmt/format.h>

#include "http/problem.h"
#include "products/monitor/board/routes.h"
#include "products/monitor/drift/drift.h"

namespace yupu::monitor {
namespace {

constexpr std::int64_t kRowsMost = 1000;
constexpr std::int64_t kWeeksShown = 52;
constexpr std::int64_t kDaysMost = 400;

http::Response reply(const Json& json) {
  http::Response response = http::json_response(200, to_text(json));
  response.headers.add("cache-control", "no-store");
  return response;
}

Status read_number(const http::Request& request, const std::string& name, std::int64_t most, std::int64_t& number) {
  const auto found = request.query.find(name);
  if (found == request.query.end() || found->second.empty()) return ok_status();
  const std::string& text = found->second;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && stop == text.data() + text.size() && number >= 1 && number <= most) return ok_status();
  return invalid_argument(fmt::format("{} is a whole number from 1 to {}", name, most), name);
}

}  // namespace

Result<http::Response> BoardRoutes::drift(const http::Request& request, const std::string&) {
  std::int64_t limit = kWeeksShown;
  YUPU_RETURN_IF_ERROR(read_number(request, "limit", kRowsMost, limit));
  YUPU_ASSIGN_OR_RETURN(const auto weeks, drift_weeks(store_, monitor_, limit));
  Json rows = Json::array();
  for (const DriftWeek& week : weeks) rows.push_back(Json(week.to_json()));
  return reply({{"weeks", std::move(rows)}});
}

Result<http::Response> BoardRoutes::unsure(const http::Request& request, const std::string&) {
  BoardView::UnsureQuery query;
  if (const auto topic = request.query.find("topic"); topic != request.query.end()) query.topic = topic->second;
  YUPU_RETURN_IF_ERROR(read_number(request, "days", kDaysMost, query.days));
  YUPU_RETURN_IF_ERROR(read_number(request, "limit", kRowsMost, query.limit));
  YUPU_ASSIGN_OR_RETURN(const Json json, view().unsure(query));
  return reply(json);
}

}  // namespace yupu::monitor
