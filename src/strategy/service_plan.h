// [service] of the strategy file: the bot, how its conversations go, and their tests. Keys: docs/strategy.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "products/service/agents/desk.h"
#include "products/service/conversation/conversation_bot.h"
#include "products/service/conversation/dialogue.h"
#include "products/service/conversation/script.h"
#include "strategy/notify_plan.h"

namespace yupu::strategy {

struct Strategy;

struct ServicePlan {
  std::string bot;      // name in /v1/answer
  std::string answers;  // TOML file of approved answers
  std::string refuse_zh = "抱歉，这个问题我暂时答不了。";
  std::string refuse_en = "Sorry, I cannot answer that yet.";
  std::string clarify_zh = "您想问的是下面哪一个？";
  std::string clarify_en = "Which of these did you mean?";
  std::string handoff_zh = "正在为您转接人工客服。";
  std::string handoff_en = "I am handing you over to a person.";
  std::string handoff_intent = "talk_to_human";
  std::int64_t demo_requests_per_minute = 60;  // per visitor address, on the demo page
  std::int64_t keep_days = 0;                  // of conversations in which nothing is said; 0: for good
  std::string entities = {};                   // directory of a model of entities; empty: none
  products::DialogueOptions dialogue = {};
  products::ConversationOptions conversation = {};
  products::DeskOptions desk = {};
  std::vector<products::Script> tests = {};   // [[service.test]]
  std::optional<std::int64_t> tests_at = {};  // minutes of the day at which `yupu rounds` plays them; none: never
  NotifyPlan notify = {};                     // [[service.notify]]
};

// The bot of a strategy that says what `book` holds. Errors: kInvalidArgument: what Dialogue::create says; a slot of
// kind entity without a model of entities, or of a type it does not know; Tagger::load's.
Result<std::unique_ptr<products::Dialogue>> make_dialogue(const Strategy& strategy, products::AnswerBook book);

}  // namespace yupu::strategy
