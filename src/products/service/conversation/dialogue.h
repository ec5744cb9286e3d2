// A conversation, one message after the other:
//
//   sure        -> answer; an answer with slots: clarify with `slot` until they are filled (form.h)
//   unsure      -> answer: what the documents say, where there are any that do (asks_documents)
//               -> clarify: up to three "did you mean"; a tap on one answers it and is a label for the question
//   unsure again, asked for, or lost in a form -> handoff: the conversation waits for a person, and the bot says
//   nothing
//                  new until it is closed or given back
//   no letter, number or ideograph in it -> refuse, however sure the model is
//   a tap on a button that is not shown any more -> the buttons that are, or the tapped one, once more
//
// Pure: the same state, message, scores and moment give the same reply. Nothing is stored here (conversation_bot.h).
// Threads: any number of them.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "products/service/bot.h"
#include "products/service/conversation/form.h"
#include "products/service/conversation/state.h"
#include "products/service/conversation/triggers.h"
#include "products/service/knowledge/quotes.h"

namespace yupu::products {

struct DialogueOptions {
  std::int64_t unsure_max = 2;            // this many unsure replies in a row hand over; 0: none does
  std::int64_t utc_offset_minutes = 480;  // of the shop's clocks: which day is today
  FormRules form = {};
  std::vector<std::string> cancel_words = {"取消", "算了", "不用了", "退出", "cancel", "never mind", "stop", "quit"};
  std::vector<Trigger> triggers = {};
  EntityReader entities = {};  // of slots of kind entity; empty: nobody
  std::string cancelled_zh = "好的，已取消。";
  std::string cancelled_en = "All right, cancelled.";
  std::string stale_zh = "这个选项已经过期了。您想问的是：";  // before the buttons that are shown again
  std::string stale_en = "That choice is from earlier. Did you mean:";
  std::string nothing_open_zh = "这个选项已经过期了，请再说一遍您的问题。";  // when there are none
  std::string nothing_open_en = "That choice is from earlier. Please ask your question again.";
};

struct Heard {
  std::string text;
  std::string option = {};  // intent of the button that was tapped; empty: none was
  Moment moment = {};
  std::string trace_id = {};        // of this message's answer
  std::optional<Found> found = {};  // what the documents say to the text; unset: they were not asked
};

class Dialogue {
 public:
  // Errors: kInvalidArgument: what Bot::create says.
  static Result<std::unique_ptr<Dialogue>> create(BotOptions bot, DialogueOptions options, AnswerBook book);

  const Bot& bot() const { return *bot_; }
  // The answer; `state` becomes where the conversation stands afterwards.
  serving::BotAnswer reply(DialogueState& state, const Heard& heard, const serving::ModelCard& card,
                           const serving::ScoredText& scored) const;
  // Whether reply() would look at what documents say: the model is not sure of an approved answer, no value is asked
  // for, and nobody asks for a person.
  bool asks_documents(const DialogueState& state, const Heard& heard, const serving::ModelCard& card,
                      const serving::ScoredText& scored) const;
  // What the model reads of a tap that comes without text: the button's title.
  std::string text_of_option(const DialogueState& state, const std::string& option, const Moment& moment) const;

 private:
  Dialogue(std::unique_ptr<Bot> bot, DialogueOptions options) : bot_(std::move(bot)), options_(std::move(options)) {}
  serving::BotAnswer decide(std::string_view lang, const Heard& heard, const serving::ModelCard& card,
                            const serving::ScoredText& scored) const;
  serving::BotAnswer tapped(DialogueState& state, const Heard& heard) const;
  serving::BotAnswer quoted(DialogueState& state, const Found& found, serving::BotAnswer said) const;
  serving::BotAnswer asked(DialogueState& state, const Heard& heard, serving::BotAnswer said) const;
  std::optional<serving::BotAnswer> in_form(DialogueState& state, const Heard& heard,
                                            const serving::BotAnswer& otherwise) const;
  FormPaper paper_for(const AnswerText& text, const Moment& moment) const;
  serving::BotAnswer fill(DialogueState& state, const ApprovedAnswer& answer, serving::BotAnswer said, FormStep step,
                          const Heard& heard) const;
  serving::BotAnswer hand_over(DialogueState& state, const Moment& moment, std::string_view lang,
                               std::string_view why) const;
  void note_triggers(DialogueState& state, const Heard& heard, const serving::ScoredText& scored,
                     serving::BotAnswer& said) const;

  const std::unique_ptr<const Bot> bot_;
  const DialogueOptions options_;
};

}  // namespace yupu::products
