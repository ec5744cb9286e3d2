// Which handler answers which method and path.  Rooms state their routes as constexpr tables of RouteInfo; the same
// rows make /openapi.json (openapi.h), so what is served and what is described cannot drift apart. Threads: built by
// one thread, then only read.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace yupu::http {

struct RouteInfo {
  std::string_view method;                // "GET", "POST", ...; HEAD is answered by GET's route
  std::string_view pattern;               // "/v1/models/{name}": a {word} matches one whole segment
  std::string_view scope;                 // scope a key needs; "" = open to all
  std::string_view summary;               // one line; "" keeps the route out of /openapi.json (pages, assets)
  std::string_view query_schema = {};     // JSON Schema text of an object: the query parameters, "" = none
  std::string_view request_schema = {};   // JSON Schema text of the body, "" = no body
  std::string_view response_schema = {};  // JSON Schema text of the 200 answer, "" = not JSON
  std::string_view event_schema = {};     // JSON Schema text of one event of a text/event-stream answer, "" = no stream
  // True: never blocks and is quick, so it runs on the event loop itself and answers even when every request thread is
  // busy (health, metrics, embedded pages).
  bool quick = false;
};

struct Route {
  RouteInfo info;
  Handler handler;
};

class Router {
 public:
  // REQUIRES: no route with the same method and pattern; the strings of `info` live as long as the router.
  void add(const RouteInfo& info, Handler handler);

  struct Match {
    const Route* route = nullptr;               // nullptr: see `allow`
    std::map<std::string, std::string> params;  // of the pattern
    std::string allow;                          // methods this path knows, "" = no such path
  };
  Match match(std::string_view method, std::string_view path) const;

  // match, then the handler, or the 404 / 405 problem document. A handler's exception becomes a 500.
  Response dispatch(Request& request) const;
  static Response no_route(const Match& match, const Request& request);
  static Response call(const Route& route, const Request& request);

  const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
};

}  // namespace yupu::http
