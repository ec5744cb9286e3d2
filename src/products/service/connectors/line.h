// One connector at work: callbacks in, the bot asked, texts out.
//
//   callback -> proven -> kept -> acknowledged           the network waits for the disk alone
//     answering thread:  kept event -> POST /v1/answer's way, charged to the tenant -> outbox; what people say ->
//     outbox delivering thread: outbox -> the network, again and again for a day, then dead (connector_store.h)
//
// A network that is down keeps nobody waiting: not the bot, not the other connectors, and in its own outbox only the
// texts for the same visitor, which stay in order. A message that is delivered again is answered once: its event is
// kept once, and the bot is asked under an Idempotency-Key made of it, so that a kill -9 in between asks, charges and
// answers once too. Texts are sent at least once: a process killed right after the network's answer sends again, under
// the same id.
// Threads  callback() from any; answer_next(), collect() and deliver_next() are what the two threads do, and for tests.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/rng.h"
#include "handoff/admission.h"
#include "http/message.h"
#include "products/service/connectors/connector.h"
#include "products/service/connectors/connector_store.h"
#include "store/store.h"

namespace yupu::products {

struct LineOptions {
  std::string bot;
  std::string channel;  // of answers
};

class Line {
 public:
  // Who pays, asked each time; and POST /v1/answer on their account.
  using Payer = std::function<Result<handoff::Caller>()>;
  using Ask = std::function<http::Response(const http::Request& request, const handoff::Caller& caller)>;

  // `store` and `clock` outlive the line.
  Line(store::Store& store, const Clock& clock, std::unique_ptr<Connector> connector, LineOptions options, Payer payer,
       Ask ask);
  ~Line();  // stop()
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  const Connector& connector() const { return *connector_; }
  http::Response callback(const http::Request& request);

  void start();
  void stop();

  // False: nothing was due.
  Result<bool> answer_next();
  Result<bool> deliver_next();
  // How many texts of people were taken.
  Result<std::int64_t> collect();

 private:
  Result<http::Response> take(const http::Request& request);
  Result<http::Response> answer_at_once(const Callback& callback);
  Result<bool> answer_due() YUPU_REQUIRES(answering_);
  Status answer_one(const WaitingEvent& event) YUPU_REQUIRES(answering_);
  http::Request question(const WaitingEvent& event, const PeerConversation& with) const;
  void answer_loop();
  void deliver_loop();
  void ring();

  store::Store& store_;
  const Clock& clock_;
  const std::unique_ptr<Connector> connector_;
  const LineOptions options_;
  const Payer payer_;
  const Ask ask_;

  Mutex answering_;                             // one event at a time: those of a visitor stay in order
  Rng answer_rng_ YUPU_GUARDED_BY(answering_);  // of waits before another attempt
  std::int64_t looked_ns_ = 0;                  // collect()'s: when people's texts were last looked for
  Rng deliver_rng_;                             // deliver_next()'s
  Mutex mutex_;
  Condition wake_;
  bool stopping_ YUPU_GUARDED_BY(mutex_) = false;
  bool events_rung_ YUPU_GUARDED_BY(mutex_) = false;
  bool outbox_rung_ YUPU_GUARDED_BY(mutex_) = false;
  std::thread answerer_;
  std::thread deliverer_;
};

}  // namespace yupu::products
