// The one place, with serve/, that names concrete classes: store, commerce, engine, models, bots, routes, pages -> a
// running server.
//
// Shutdown order (the reverse of ownership): stop accepting and answer what is in flight, stop the connectors, the desk
// and the release watcher, drain the engine, void open holds; the store is the caller's and closes last.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/status.h"
#include "engine/precision.h"
#include "http/server.h"
#include "products/recommend/serve/rules.h"
#include "products/service/answers.h"
#include "store/store.h"
#include "strategy/strategy.h"

namespace yupu::app {

struct LiveServerOptions {
  http::ListenAddress listen;
  std::string workdir;
  int engine_threads = 0;                                 // 0: every core
  engine::Precision precision = engine::Precision::kF32;  // of the models' linear layers
  int request_threads = 64;                               // requests in flight
  int queue_ms = 100;  // of waiting for a thread, and again for the engine, before a call is refused; 0: by count alone
  const strategy::Strategy* strategy = nullptr;                  // its bot, demo tenant and model; null: none
  const strategy::Strategy* monitor = nullptr;                   // whose [monitor] is shown; null: that of `strategy`
  products::AnswerBook answers;                                  // of the strategy's bot
  std::vector<std::pair<std::string, std::string>> directories;  // NAME=DIR: models served without a release
  std::string adapters;                                     // a folder of adapters, paged in on demand; empty: none
  std::int64_t adapter_memory_mb = 1024;                    // for those in memory at a time
  recommend::ListRules list_rules = {};                     // of /v1/recommend
  std::vector<strategy::RecommendKafka> event_topics = {};  // read while it runs
  http::TrustedProxies proxies = {};                        // in front of this server
  int drain_seconds = 0;                                    // between the signal and the end, not ready but answering
};

class LiveServer {
 public:
  // Errors: kUnavailable (address in use), kNotFound (no live release yet), and what the rooms say.
  static Result<std::unique_ptr<LiveServer>> start(LiveServerOptions options, store::Store& store, const Clock& clock);
  ~LiveServer();

  const std::string& host() const { return host_; }
  std::uint16_t port() const;
  // Looks for a new live release now instead of at the next poll.
  Status refresh();
  // Blocks until SIGINT or SIGTERM, then shuts down in order.
  Status serve_until_signal();

 private:
  struct Parts;
  LiveServer(std::string host, std::unique_ptr<Parts> parts);
  void stop();

  std::string host_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace yupu::app
