// POST /v1/monitor/documents: documents of other programs, into the inbox (documents/inbox.h). Of one monitor.
// Threads: the handler runs on many request threads.
#pragma once

#include <string>

#include "base/clock.h"
#include "http/router.h"
#include "products/monitor/board/routes.h"
#include "products/monitor/documents/inbox.h"
#include "store/store.h"

namespace yupu::monitor {

class PushRoutes {
 public:
  // `from`: whether documents may come without a sentiment. All that is referred to outlives the routes.
  PushRoutes(store::Store& store, const Clock& clock, std::string monitor, const TopicDictionary& topics,
             SentimentFrom from, InboxOptions options, BoardRoutes::Person person);
  void add_routes(http::Router& router);

 private:
  Result<http::Response> push(const http::Request& request, const std::string& who);

  store::Store& store_;
  const Clock& clock_;
  const std::string monitor_;
  const TopicDictionary& topics_;
  const SentimentFrom from_;
  const InboxOptions options_;
  const BoardRoutes::Person person_;
};

}  // namespace yupu::monitor
