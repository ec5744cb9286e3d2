// For tests of a connector at work: a network of plain text, a bot that repeats, and a line between them.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/log.h"
#include "base/testing.h"
#include "http/problem.h"
#include "products/service/connectors/line.h"
#include "products/service/conversation/conversation_store.h"
#include "store/store.h"

namespace yupu::products::line_testing {

inline constexpr std::int64_t kSecond = 1'000'000'000;
inline constexpr std::int64_t kMinute = 60 * kSecond;
inline constexpr std::int64_t kDay = 24 * 60 * kMinute;
inline constexpr std::int64_t kNow = 1'795'780'000 * kSecond;

// Reads "id|peer|text"; texts for a peer that is down are not taken.
class PlainConnector final : public Connector {
 public:
  const std::string& name() const override { return name_; }
  std::string_view kind() const override { return "plain"; }
  Result<Callback> read(const http::Request& request, std::int64_t) const override {
    const std::size_t first = request.body.find('|');
    if (first == std::string::npos) return Status(Code::kUnauthenticated, "not signed", "sign");
    const std::size_t second = request.body.find('|', first + 1);
    Callback callback{.answer = http::json_response(200, "{}")};
    callback.message = Incoming{.event_id = request.body.substr(0, first),
                                .peer = request.body.substr(first + 1, second - first - 1),
                                .text = request.body.substr(second + 1)};
    return callback;
  }
  bool replies_at_once() const override { return at_once; }
  std::optional<http::Response> reply(const Incoming&, const std::string& text, std::int64_t) const override {
    return http::text_response(200, "text/plain", text);
  }
  http::Attempt send(const Outgoing& message, std::int64_t) override {
    tried.push_back(message.id);
    if (down.contains(message.peer)) return {.again = true, .error = "down"};
    if (refused.contains(message.peer)) return {.error = "never"};
    told.emplace_back(message.peer, message.author + ": " + message.text);
    return {.done = true};
  }
  std::size_t text_bytes_max() const override { return bytes_max; }

  bool at_once = false;
  std::size_t bytes_max = 200;
  std::set<std::string> down, refused;
  std::vector<std::string> tried;
  std::vector<std::pair<std::string, std::string>> told;

 private:
  std::string name_ = "plain";
};

using Told = std::vector<std::pair<std::string, std::string>>;

class LineTest : public ::testing::Test {
 protected:
  void SetUp() override {
    log::set_level(log::Level::kNone);
    store_ = store::open_store("sqlite:" + dir_.file("yupu.db")).value();
    open();
  }
  // As a process that starts again.
  void open(bool at_once = false) {
    auto connector = std::make_unique<PlainConnector>();
    connector->at_once = at_once;
    connector_ = connector.get();
    line_ = std::make_unique<Line>(
        *store_, clock_, std::move(connector), LineOptions{.bot = "shop", .channel = "plain"},
        []() -> Result<handoff::Caller> {
          return handoff::Caller{.tenant_id = "t_1", .key_id = "k", .scopes = {"inference"}};
        },
        [this](const http::Request& request, const handoff::Caller& caller) { return ask(request, caller); });
  }
  // Answers "re: TEXT" in the peer's conversation; what comes under a known key is answered as before.
  http::Response ask(const http::Request& request, const handoff::Caller& caller) {
    EXPECT_EQ(caller.tenant_id, "t_1");
    asked_.push_back(*parse_json(request.body));
    if (!answers_.empty()) {
      http::Response answer = std::move(answers_.front());
      answers_.pop_front();
      return answer;
    }
    const Json& body = asked_.back();
    const std::string key(request.headers.get("idempotency-key"));
    const auto [kept, is_new] = kept_.try_emplace(key);
    if (is_new) {
      ++charged_;
      const std::string conversation = body.value("conversation", "cv_" + body.at("visitor").get<std::string>());
      kept->second = to_text({{"text", "re: " + body.value("text", body.value("option", ""))},
                              {"conversation", conversation},
                              {"options", options_}});
    }
    return http::json_response(200, kept->second);
  }
  http::Response come(const std::string& body) {
    http::Request request;
    request.method = "POST";
    request.body = body;
    request.request_id = "req_1";
    return line_->callback(request);
  }
  void work() {
    while (*line_->answer_next()) {
    }
    while (*line_->collect() > 0) {
    }
    while (*line_->deliver_next()) {
    }
  }
  void person_says(const std::string& conversation, const std::string& text) {
    Conversation found{.id = conversation, .tenant_id = "t_1", .bot = "shop", .channel = "plain"};
    const auto known = get_conversation(*store_, "t_1", conversation);
    if (known.ok()) found = *known;
    found.active_ns = clock_.now_ns();
    const Status kept = store_->write([&](store::Transaction& transaction) {
      return keep_turn(transaction, found,
                       {{.author = "person",
                         .text = text,
                         .trace_id = text,
                         .created_ns = clock_.now_ns(),
                         .agent_id = "agent_1"}})
          .status();
    });
    EXPECT_TRUE(kept.ok()) << kept.to_string();
  }

  yupu::testing::TempDir dir_;
  FakeClock clock_{kNow};
  std::unique_ptr<store::Store> store_;
  PlainConnector* connector_ = nullptr;
  std::unique_ptr<Line> line_;
  std::deque<http::Response> answers_;
  std::vector<Json> asked_;
  std::map<std::string, std::string> kept_;
  Json options_ = Json::array();
  int charged_ = 0;
};

}  // namespace yupu::products::line_testing
