// /v1/monitor/...: what the monitor's pages ask for, and what people do there. Of one monitor.
// Threads: handlers run on many request threads.
#pragma once

#include <functional>
#include <string>

#include "base/clock.h"
#include "http/router.h"
#include "products/monitor/board/bands.h"
#include "products/monitor/board/news.h"
#include "products/monitor/board/views.h"
#include "store/store.h"

namespace yupu::monitor {

class BoardRoutes {
 public:
  // Who asks, by name; what they do is written down under it. Errors: kUnauthenticated, kPermissionDenied.
  using Person = std::function<Result<std::string>(const http::Request& request)>;

  // All outlive the routes.
  BoardRoutes(store::Store& store, const Clock& clock, std::string monitor, const TopicDictionary& topics,
              const TopicRules& rules, News& news, Person person);
  void add_routes(http::Router& router);

 private:
  struct RouteRow;
  static const RouteRow kRoutes[];

  BoardView view() {
    return {.store = store_, .monitor = monitor_, .topics = topics_, .now_ns = clock_.now_ns(), .bands = &bands_};
  }
  Result<http::Response> overview(const http::Request& request, const std::string& who);
  Result<http::Response> series(const http::Request& request, const std::string& who);
  Result<http::Response> documents(const http::Request& request, const std::string& who);
  Result<http::Response> alarms(const http::Request& request, const std::string& who);
  Result<http::Response> alarm(const http::Request& request, const std::string& who);
  Result<http::Response> sources(const http::Request& request, const std::string& who);
  Result<http::Response> audit(const http::Request& request, const std::string& who);
  Result<http::Response> drift(const http::Request& request, const std::string& who);
  Result<http::Response> unsure(const http::Request& request, const std::string& who);
  Result<http::Response> events(const http::Request& request, const std::string& who);
  Result<http::Response> acknowledge_alarm(const http::Request& request, const std::string& who);
  Result<http::Response> silence(const http::Request& request, const std::string& who);
  Result<http::Response> unsilence(const http::Request& request, const std::string& who);
  Result<http::Response> judge_document(const http::Request& request, const std::string& who);
  Result<http::Response> judge_alarm(const http::Request& request, const std::string& who);

  store::Store& store_;
  const Clock& clock_;
  const std::string monitor_;
  const TopicDictionary& topics_;
  News& news_;
  const Person person_;
  Bands bands_;
};

}  // namespace yupu::monitor
