#include "products/service/connectors/line.h"

#include <charconv>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/hash.h"
#include "base/ids.h"
#include "base/log.h"
#include "http/problem.h"

namespace yupu::products {
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;
constexpr std::int64_t kNsPerSecond = 1000 * kNsPerMs;
constexpr std::int64_t kTick_ms = 300;  // what people say is looked for
constexpr std::int64_t kAskFor_ns = 20 * kNsPerSecond;
constexpr std::int64_t kLookBack_ns = 60 * kNsPerSecond;  // a message may be written down later than it is dated
constexpr std::int64_t kSweepEvery_ns = 60 * kNsPerSecond;
constexpr std::int64_t kAtOnce_ns = 4 * kNsPerSecond;    // of the five that WeCom waits
constexpr std::int64_t kHoldBack_ns = 6 * kNsPerSecond;  // before a text that may go at once is sent otherwise
constexpr std::size_t kVisitorBytesMax = 128;            // of POST /v1/answer
constexpr int kQuestionsMax = 3;                         // with a conversation that is gone by then

// "2" after two titles were shown: the second.
std::optional<std::string> tapped(const std::string& text, const std::vector<std::string>& options) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 1 || number > options.size()) return {};
  return options[number - 1];
}

// Their name towards the bot, by which conversations are found and deleted.
std::string visitor_of(const std::string& connector, const std::string& peer) {
  std::string visitor = connector + ":" + peer;
  if (visitor.size() <= kVisitorBytesMax) return visitor;
  return connector + ":" + sha256_hex(peer).substr(0, 40);
}

// What the visitor reads of an answer: buttons as numbers to send back.
std::string told(const Json& answer, std::vector<std::string>& options) {
  std::string text = text_at(answer, "/text");
  const Json shown = answer.value("options", Json::array());
  for (const Json& option : shown) {
    options.push_back(text_at(option, "/intent"));
    text += fmt::format("\n{}. {}", options.size(), text_at(option, "/title"));
  }
  return text;
}

}  // namespace

Line::Line(store::Store& store, const Clock& clock, std::unique_ptr<Connector> connector, LineOptions options,
           Payer payer, Ask ask)
    : store_(store),
      clock_(clock),
      connector_(std::move(connector)),
      options_(std::move(options)),
      payer_(std::move(payer)),
      ask_(std::move(ask)),
      answer_rng_(static_cast<std::uint64_t>(clock.monotonic_ns()), 1),
      deliver_rng_(static_cast<std::uint64_t>(clock.monotonic_ns()), 2) {}

Line::~Line() { stop(); }

http::Response Line::callback(const http::Request& request) {
  Result<http::Response> response = take(request);
  if (response.ok()) return std::move(response).value();
  const Status status = response.status();
  log::warn("connector_refused", {{"connector", connector_->name()},
                                  {"code", code_name(status.code())},
                                  {"field", status.field()},
                                  {"request", request.request_id}});
  return http::problem(status, request.request_id);
}

Result<http::Response> Line::take(const http::Request& request) {
  YUPU_ASSIGN_OR_RETURN(Callback callback, connector_->read(request, clock_.now_ns()));
  if (!callback.message) return std::move(callback.answer);
  YUPU_ASSIGN_OR_RETURN(const bool is_new, keep_event(store_, connector_->name(), *callback.message, clock_.now_ns()));
  if (!is_new) log::info("connector_known_event", {{"connector", connector_->name()}});
  if (connector_->replies_at_once()) return answer_at_once(callback);
  ring();
  return std::move(callback.answer);
}

// Whatever keeps the bot from answering now is the answering thread's to mend: the event is kept.
Result<http::Response> Line::answer_at_once(const Callback& callback) {
  const std::int64_t until_ns = clock_.monotonic_ns() + kAtOnce_ns;
  std::optional<std::string> text;
  {
    MutexLock lock(answering_);
    while (true) {
      YUPU_ASSIGN_OR_RETURN(text, take_reply(store_, connector_->name(), callback.message->event_id, clock_.now_ns()));
      if (text || clock_.monotonic_ns() >= until_ns) break;
      YUPU_ASSIGN_OR_RETURN(const bool was_due, answer_due());
      if (!was_due) break;
    }
  }
  ring();
  if (!text) return callback.answer;
  auto reply = connector_->reply(*callback.message, *text, clock_.now_ns());
  return reply ? *std::move(reply) : callback.answer;
}

Result<bool> Line::answer_next() {
  MutexLock lock(answering_);
  return answer_due();
}

Result<bool> Line::answer_due() {
  YUPU_ASSIGN_OR_RETURN(const auto event, next_event(store_, connector_->name(), clock_.now_ns()));
  if (!event) return false;
  YUPU_RETURN_IF_ERROR(answer_one(*event));
  return true;
}

http::Request Line::question(const WaitingEvent& event, const PeerConversation& with) const {
  const std::optional<std::string> option = tapped(event.incoming.text, with.options);
  Json body{{"bot", options_.bot},
            {"channel", options_.channel},
            {"visitor", visitor_of(connector_->name(), event.incoming.peer)}};
  if (option) {
    body["option"] = *option;
  } else {
    body["text"] = event.incoming.text;
  }
  if (!with.conversation_id.empty()) body["conversation"] = with.conversation_id;
  http::Request request;
  request.method = "POST";
  request.path = "/v1/answer";
  request.body = to_text(body);
  request.request_id = random_id("req");
  request.arrived_ns = clock_.monotonic_ns();
  request.deadline_ns = request.arrived_ns + kAskFor_ns;
  request.headers.add("idempotency-key", content_id("ce", connector_->name() + "\n" + event.incoming.event_id));
  return request;
}

Status Line::answer_one(const WaitingEvent& event) {
  const std::string& name = connector_->name();
  http::Attempt attempt;
  const Result<handoff::Caller> caller = payer_();
  if (!caller.ok() || !caller->may("inference")) {
    attempt = {.again = true, .error = "the tenant's key is not taken"};
  } else {
    YUPU_ASSIGN_OR_RETURN(PeerConversation with, conversation_of_peer(store_, name, event.incoming.peer));
    for (int i = 0; i < kQuestionsMax; ++i) {
      const http::Response answer = ask_(question(event, with), *caller);
      attempt = http::judge(answer);
      const auto body = parse_json(answer.body);
      if (attempt.done && body.ok()) {
        EventAnswer said{.tenant_id = caller->tenant_id, .conversation_id = text_at(*body, "/conversation")};
        said.texts = pieces_of(told(*body, said.options), connector_->text_bytes_max());
        const std::int64_t now_ns = clock_.now_ns();
        const std::int64_t hold_ns = connector_->replies_at_once() ? kHoldBack_ns : 0;
        return answer_event(store_, name, event, said, now_ns, now_ns + hold_ns);
      }
      if (body.ok()) attempt.error += ": " + text_at(*body, "/detail");
      const bool gone = body.ok() && answer.status == 404 && text_at(*body, "/field") == "conversation";
      // Quota and conflicts pass.
      attempt.again = attempt.again || answer.status == 402 || answer.status == 409;
      if (!gone) break;
      with = {};
    }
  }
  const std::int64_t now_ns = clock_.now_ns();
  const std::int64_t next_ns =
      http::next_attempt_ns(attempt, event.attempts + 1, event.received_ns, now_ns, answer_rng_);
  log::warn(next_ns > 0 ? "connector_unanswered" : "connector_event_dead",
            {{"connector", name}, {"attempts", event.attempts + 1}, {"why", attempt.error}});
  return postpone_event(store_, event, attempt.error, next_ns);
}

Result<std::int64_t> Line::collect() {
  const std::int64_t now_ns = clock_.now_ns();
  YUPU_ASSIGN_OR_RETURN(
      const std::int64_t count,
      collect_from_people(store_, connector_->name(), connector_->text_bytes_max(), looked_ns_ - kLookBack_ns, now_ns));
  if (count == 0) looked_ns_ = now_ns;  // else there may be more
  return count;
}

Result<bool> Line::deliver_next() {
  YUPU_ASSIGN_OR_RETURN(const auto row, next_outgoing(store_, connector_->name(), clock_.now_ns()));
  if (!row) return false;
  const http::Attempt attempt = connector_->send(row->message, clock_.now_ns());
  const std::int64_t now_ns = clock_.now_ns();
  const std::int64_t next_ns =
      attempt.done ? 0 : http::next_attempt_ns(attempt, row->attempts + 1, row->created_ns, now_ns, deliver_rng_);
  if (!attempt.done && next_ns == 0)
    log::warn("connector_text_dead",
              {{"connector", connector_->name()}, {"id", row->message.id}, {"why", attempt.error}});
  YUPU_RETURN_IF_ERROR(note_attempt(store_, *row, attempt, now_ns, next_ns));
  return true;
}

void Line::start() {
  answerer_ = std::thread([this] { answer_loop(); });
  deliverer_ = std::thread([this] { deliver_loop(); });
}

void Line::stop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (answerer_.joinable()) answerer_.join();
  if (deliverer_.joinable()) deliverer_.join();
}

void Line::ring() {
  {
    MutexLock lock(mutex_);
    events_rung_ = true;
    outbox_rung_ = true;
  }
  wake_.notify_all();
}

void Line::answer_loop() {
  while (true) {
    Result<bool> answered = answer_next();
    const Result<std::int64_t> collected = collect();
    const Status failed = answered.ok() ? collected.status() : answered.status();
    if (!failed.ok()) log::warn("connector_failed", {{"connector", connector_->name()}, {"why", failed.message()}});
    const bool busy = (answered.ok() && *answered) || (collected.ok() && *collected > 0);
    MutexLock lock(mutex_);
    if (busy) {
      outbox_rung_ = true;
      wake_.notify_all();
    } else if (!events_rung_ && !stopping_) {
      wake_.wait_for(mutex_, std::chrono::milliseconds(kTick_ms));
    }
    if (stopping_) return;
    events_rung_ = false;
  }
}

void Line::deliver_loop() {
  std::int64_t sweep_ns = 0;
  while (true) {
    const Result<bool> delivered = deliver_next();
    if (!delivered.ok())
      log::warn("connector_failed", {{"connector", connector_->name()}, {"why", delivered.status().message()}});
    if (const std::int64_t now_ns = clock_.monotonic_ns(); now_ns >= sweep_ns) {
      sweep_ns = now_ns + kSweepEvery_ns;
      if (const Status status = sweep_connectors(store_, clock_.now_ns()); !status.ok())
        log::warn("connector_failed", {{"connector", connector_->name()}, {"why", status.message()}});
    }
    MutexLock lock(mutex_);
    const bool busy = delivered.ok() && *delivered;
    if (!busy && !outbox_rung_ && !stopping_) wake_.wait_for(mutex_, std::chrono::milliseconds(kTick_ms));
    if (stopping_) return;
    outbox_rung_ = false;
  }
}

}  // namespace yupu::products
