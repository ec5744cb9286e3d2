// The bot behind POST /v1/answer: a dialogue whose conversations are kept in the store.
//
// An id is 128 random bits, of a tenant and a bot: anyone else's is not found. A conversation nobody has written in for
// `idle_minutes`, or that a person has closed, is over: the next message begins another one and is told so.
// A conversation has one visitor, once one is named: a message of another one does not find it.
// Durability  a message is acknowledged only after it, its answer and the state behind them are on disk.
// Threads     hear() from any number of threads.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "products/service/conversation/dialogue.h"
#include "products/service/conversation/people.h"
#include "products/service/knowledge/knowledge_base.h"
#include "store/store.h"
#include "text/personal/personal_data.h"

namespace yupu::products {

inline constexpr std::int64_t kIdleMinutesMax = 24 * 60;
inline constexpr const char* kDefaultChannel = "web";

struct ConversationOptions {
  std::int64_t idle_minutes = kIdleMinutesMax;  // at most kIdleMinutesMax
  // Personal data that messages are kept without, and so nobody reads later, the person who takes over included. A form
  // that is being filled keeps its values until it ends: its answer needs them.
  text::PersonalKinds mask = {};
};

class ConversationBot final : public serving::Bot {
 public:
  // `people`: who takes over; they outlive the bot. Null: conversations wait, and nobody is told how they stand.
  // `knowledge`: the documents it may quote; null: none.
  ConversationBot(store::Store& store, const Clock& clock, std::unique_ptr<const Dialogue> dialogue,
                  ConversationOptions options, People* people = nullptr,
                  std::unique_ptr<KnowledgeBase> knowledge = nullptr)
      : store_(store),
        clock_(clock),
        dialogue_(std::move(dialogue)),
        options_(options),
        people_(people),
        knowledge_(std::move(knowledge)) {}

  const std::string& name() const override { return dialogue_->bot().options().name; }
  const std::string& model() const override { return dialogue_->bot().options().model; }
  Result<std::unique_ptr<serving::BotTurn>> hear(serving::VisitorMessage message) const override;
  Json about() const override { return dialogue_->bot().about(); }
  const products::Bot& bot() const { return dialogue_->bot(); }

 private:
  class Turn;
  store::Store& store_;
  const Clock& clock_;
  const std::unique_ptr<const Dialogue> dialogue_;
  const ConversationOptions options_;
  People* const people_;
  const std::unique_ptr<KnowledgeBase> knowledge_;
};

}  // namespace yupu::products
