// For tests of the desk: a shop with a store, visitors who talk to its bot, agents with streams that are read by hand.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/testing.h"
#include "http/testing.h"
#include "products/service/agents/agent_store.h"
#include "products/service/agents/desk.h"
#include "products/service/conversation/conversation_bot.h"
#include "products/service/conversation/testing.h"
#include "store/testing.h"

namespace yupu::products::testing {

struct Shift {
  Agent agent;
  std::string token;
  std::shared_ptr<http::EventStream> stream = {};
};

class DeskFixture : public ::testing::Test {
 protected:
  void SetUp() override { open(); }
  // As a server that starts again: streams are gone, the store is what it was.
  void open() {
    desk_.reset();
    bot_.reset();
    store_.reset();
    auto store = store::open_store(url_);
    ASSERT_TRUE(store.ok()) << store.status().to_string();
    store_ = std::move(store).value();
    desk_ = std::make_unique<Desk>(*store_, clock_, DeskOptions{});
    bot_ = std::make_unique<ConversationBot>(*store_, clock_, shop(), ConversationOptions{}, desk_.get());
    desk_->look();
  }
  Shift hire(const std::string& name, std::vector<std::string> skills = {}, std::int64_t limit = 3,
             const std::string& tenant = "t_1") {
    auto added = add_agent(
        *store_, clock_, {.tenant_id = tenant, .name = name, .skills = std::move(skills), .conversations_max = limit});
    EXPECT_TRUE(added.ok()) << added.status().to_string();
    Shift shift{.agent = added->agent, .token = added->token};
    begin(shift);
    return shift;
  }
  void begin(Shift& shift) {
    shift.stream = std::make_shared<http::EventStream>();
    desk_->follow_as_agent(shift.agent, shift.stream);
    desk_->look();
  }
  void leave(Shift& shift) {
    shift.stream->close();
    desk_->look();
  }
  // What the stream was told since the last call.
  std::string heard(const Shift& shift) {
    desk_->look();
    return http::testing::StreamReader::take(*shift.stream);
  }
  serving::BotAnswer say(const std::string& conversation, const std::string& text, const std::string& intents) {
    auto turn = bot_->hear({.tenant_id = "t_1", .conversation = conversation, .text = text});
    EXPECT_TRUE(turn.ok()) << turn.status().to_string();
    const std::string trace_id = "tr_" + std::to_string(++trace_count_);
    auto said = (*turn)->answer(kCard, scores(intents), trace_id);
    EXPECT_TRUE(said.ok()) << said.status().to_string();
    const Status kept = store_->write([&](store::Transaction& transaction) -> Status {
      YUPU_RETURN_IF_ERROR((*turn)->keep(transaction));
      Json body = said->notes;
      body["lang"] = said->lang;
      return transaction
          .execute(
              "INSERT INTO trace (trace_id, tenant_id, route, model, release_id, text, decision, label, score, "
              "body, created_ns) VALUES (?, 't_1', '/v1/answer', 'shop', 'r', ?, ?, ?, ?, ?, ?)",
              {trace_id, text, said->decision, said->intent, said->score, to_text(body), clock_.now_ns()})
          .status();
    });
    EXPECT_TRUE(kept.ok()) << kept.to_string();
    clock_.advance_ns(1'000'000);
    return *said;
  }
  // A visitor who wants a person; the conversation.
  std::string ask_for_person(const std::string& text = "a person please") {
    return say("", text, "talk_to_human").conversation;
  }
  Conversation get(const std::string& id) { return *get_conversation(*store_, "t_1", id); }
  Json state(const std::string& id) { return *desk_->state_of(get(id)); }
  void pass_seconds(std::int64_t seconds) {
    clock_.advance_ns(seconds * 1'000'000'000);
    desk_->look();
  }

  yupu::testing::TempDir dir_;
  const std::string url_ = yupu::testing::url_in(dir_);
  FakeClock clock_{kNow};
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Desk> desk_;
  std::unique_ptr<ConversationBot> bot_;
  int trace_count_ = 0;
};

inline std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

}  // namespace yupu::products::testing
