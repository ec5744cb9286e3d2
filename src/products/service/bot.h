// Customer service: one text of a visitor -> an approved answer, a question back, a polite refusal, or a person. What
// the texts before it have to do with it: conversation/dialogue.h.
//
//   best label's calibrated score   >= answer threshold    answer   the approved text, byte for byte, in the visitor's
//   tongue
//                                   >= clarify threshold   clarify  "did you mean", up to three intents
//                                   below, or out of scope refuse   the configured text
//   best label is the hand-over intent, >= answer threshold  handoff
//
// The bot never writes a word of its own: what it says was approved by the shop, or is a sentence of its documents.
// Threads: any number of them.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "products/service/answers.h"
#include "serving/bot.h"

namespace yupu::products {

struct BotOptions {
  std::string name;                         // "shop", in POST /v1/answer {bot}
  std::string model;                        // whose live release reads the texts
  std::optional<double> answer_threshold;   // absent: the release's own, calibrated on its validation rows
  std::optional<double> clarify_threshold;  // absent: likewise
  std::string handoff_intent = "talk_to_human";
  std::string refuse_zh = "抱歉，这个问题我暂时答不了。";
  std::string refuse_en = "Sorry, I cannot answer that yet.";
  std::string clarify_zh = "您想问的是下面哪一个？";
  std::string clarify_en = "Which of these did you mean?";
  std::string handoff_zh = "正在为您转接人工客服。";  // said when no approved answer of handoff_intent exists
  std::string handoff_en = "I am handing you over to a person.";
  std::string default_lang = "zh";    // of a text without letters: "???"
  std::vector<std::string> examples;  // questions the demo page offers to begin with
};

// "zh" or "en": the share of Chinese characters among the letters decides (a character says about as much as two or
// three letters), and `default_lang` where there are none.
std::string language_of(std::string_view text, std::string_view default_lang);

// Which of two texts stands for `lang`.
inline const std::string& in_language(std::string_view lang, const std::string& zh, const std::string& en) {
  return lang == "zh" ? zh : en;
}

class Bot {
 public:
  // Errors: kInvalidArgument naming the intent: what ApprovedAnswers::create says; a slot in the answer of the
  // hand-over intent; an answer threshold below the clarify threshold.
  static Result<std::unique_ptr<Bot>> create(BotOptions options, AnswerBook book);

  const BotOptions& options() const { return options_; }
  const ApprovedAnswers& answers() const { return answers_; }

  // `lang`: of what is said. An "answer" whose text has slots comes without its text: they are to be filled first. An
  // intent none of whose answers holds at this moment is refused, and not offered either.
  serving::BotAnswer decide(std::string_view lang, const Moment& moment, const serving::ModelCard& card,
                            const serving::ScoredText& scored) const;
  // "refuse", whatever the scores say.
  serving::BotAnswer refuse(std::string_view lang, const serving::ScoredText& scored) const;
  // As decide() would of a text that is surely about `intent`, with this score.
  serving::BotAnswer answer(std::string_view lang, const Moment& moment, std::string_view intent, double score) const;
  // "handoff" with what the shop says then.
  serving::BotAnswer hand_over(std::string_view lang, const Moment& moment) const;
  // Those of `intents` an answer of which holds now, with their titles.
  std::vector<serving::BotOption> titled(std::string_view lang, const Moment& moment,
                                         std::span<const std::string> intents) const;

  // What GET /v1/models adds: titles of the intents, questions to begin with.
  Json about() const;
  // Labels of a model the shop has approved no answer for: the bot will refuse them.
  std::vector<std::string> labels_without_answer(std::span<const std::string> labels) const;

 private:
  Bot(BotOptions options, ApprovedAnswers answers) : options_(std::move(options)), answers_(std::move(answers)) {}
  std::vector<serving::BotOption> options_for(std::string_view lang, const Moment& moment,
                                              std::span<const serving::LabelScore> ranked) const;

  const BotOptions options_;
  const ApprovedAnswers answers_;
};

}  // namespace yupu::products
