// For tests of conversations: a small shop with two slots, and scores made by hand.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "products/service/conversation/dialogue.h"

namespace yupu::products::testing {

inline constexpr std::int64_t kDayNs = 86'400'000'000'000;
inline constexpr std::int64_t kNow = 20'784 * kDayNs;  // 2026-11-27, 08:00 in the shop

inline Answer plain_answer(const std::string& intent) {
  return {.intent = intent,
          .title_zh = "关于" + intent,
          .title_en = "About " + intent,
          .text_zh = "中文" + intent,
          .text_en = "English " + intent,
          .source = "policy#" + intent};
}

// hours, refund: plain. status: wants {order}, confirmed, and {day}. talk_to_human.
inline AnswerBook book() {
  AnswerBook made;
  for (const char* intent : {"hours", "refund", "talk_to_human"}) made.answers.push_back(plain_answer(intent));
  Answer status = plain_answer("status");
  status.text_zh = "订单{order}，{day}下单，已发货。";
  status.text_en = "Order {order} of {day} is on its way.";
  made.answers.push_back(status);
  made.slots.push_back({.name = "order",
                        .kind = SlotKind::kOrderNumber,
                        .patterns = {*Pattern::parse(R"(GH\d{4})")},
                        .prompt_zh = "订单号是多少？",
                        .prompt_en = "What is the order number?",
                        .confirm_zh = "订单{value}，对吗？",
                        .confirm_en = "Order {value}, is that right?"});
  made.slots.push_back(
      {.name = "day", .kind = SlotKind::kDate, .prompt_zh = "哪天下的单？", .prompt_en = "When did you order?"});
  return made;
}

inline std::unique_ptr<Dialogue> shop(DialogueOptions options = {}) {
  BotOptions bot;
  bot.name = "shop";
  bot.model = "shop";
  auto made = Dialogue::create(std::move(bot), std::move(options), book());
  CHECK(made.ok(), made.status().to_string());
  return std::move(made).value();
}

inline const serving::ModelCard kCard = {.labels = {"hours", "refund", "status", "talk_to_human"},
                                         .temperature = 1,
                                         .answer_threshold = 0.7,
                                         .clarify_threshold = 0.3};

// Sure of one intent; or unsure between the two of "hours|refund"; or, empty, of nothing.
inline serving::ScoredText scores(const std::string& intents) {
  if (intents.empty()) return {.ranked = {{"hours", 0.2}, {"refund", 0.2}}};
  const std::size_t bar = intents.find('|');
  if (bar == std::string::npos) return {.ranked = {{intents, 0.9}, {"hours", 0.05}}};
  return {.ranked = {{intents.substr(0, bar), 0.5}, {intents.substr(bar + 1), 0.4}}};
}

// A conversation that survives being written down between any two messages.
class Talk {
 public:
  explicit Talk(DialogueOptions options = {}) : dialogue_(shop(std::move(options))) {}

  serving::BotAnswer say(const std::string& text, const std::string& intents, const std::string& option = {}) {
    auto read = DialogueState::from_json(state_.to_json());
    CHECK(read.ok(), read.status().to_string());
    state_ = *read;
    const Heard heard{.text = text,
                      .option = option,
                      .moment = {.now_ns = kNow, .channel = "web"},
                      .trace_id = "tr_" + std::to_string(++message_count_)};
    return dialogue_->reply(state_, heard, kCard, scores(intents));
  }
  serving::BotAnswer tap(const std::string& option) { return say("About it", "hours", option); }
  const DialogueState& state() const { return state_; }

 private:
  std::unique_ptr<Dialogue> dialogue_;
  DialogueState state_;
  int message_count_ = 0;
};

}  // namespace yupu::products::testing
