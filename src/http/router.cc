#include "http/router.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/check.h"
#include "base/log.h"
#include "http/problem.h"

namespace yupu::http {
namespace {

std::string_view take_segment(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('/'), rest.size());
  const std::string_view segment = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return segment;
}

bool pattern_matches(std::string_view pattern, std::string_view path, std::map<std::string, std::string>& params) {
  if (pattern.find('{') == std::string_view::npos) return pattern == path;
  if (std::count(pattern.begin(), pattern.end(), '/') != std::count(path.begin(), path.end(), '/')) return false;
  std::map<std::string, std::string> found;
  while (!pattern.empty()) {
    const std::string_view want = take_segment(pattern);
    const std::string_view have = take_segment(path);
    if (want.size() > 2 && want.front() == '{' && want.back() == '}') {
      if (have.empty()) return false;
      found.emplace(want.substr(1, want.size() - 2), have);
    } else if (want != have) {
      return false;
    }
  }
  params = std::move(found);
  return true;
}

}  // namespace

void Router::add(const RouteInfo& info, Handler handler) {
  for (const Route& route : routes_) {
    CHECK(route.info.method != info.method || route.info.pattern != info.pattern,
          "route added twice: " + std::string(info.pattern));
  }
  routes_.push_back({info, std::move(handler)});
}

Router::Match Router::match(std::string_view method, std::string_view path) const {
  Match match;
  for (const Route& route : routes_) {
    if (!pattern_matches(route.info.pattern, path, match.params)) continue;
    if (route.info.method == method || (method == "HEAD" && route.info.method == "GET")) {
      match.route = &route;
      return match;
    }
    if (!match.allow.empty()) match.allow += ", ";
    match.allow += route.info.method;
    if (route.info.method == "GET") match.allow += ", HEAD";
  }
  return match;
}

Response Router::no_route(const Match& match, const Request& request) {
  if (match.allow.empty()) {
    return problem(not_found("no such path: " + request.path + "; /openapi.json lists what there is"),
                   request.request_id);
  }
  Response response =
      problem(405, "method_not_allowed", request.method + " is not for " + request.path, request.request_id);
  response.headers.add("allow", match.allow);
  return response;
}

Response Router::call(const Route& route, const Request& request) {
  try {
    return route.handler(request);
  } catch (const std::exception& error) {
    log::error("handler_failed", {{"request_id", request.request_id}, {"what", error.what()}});
    return problem(internal_error("the server failed on this request"), request.request_id);
  }
}

Response Router::dispatch(Request& request) const {
  Match match = this->match(request.method, request.path);
  if (match.route == nullptr) return no_route(match, request);
  request.params = std::move(match.params);
  return call(*match.route, request);
}

}  // namespace yupu::http
