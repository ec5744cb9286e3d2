// Customer service: a visitor's text -> an approved answer, a question back, a polite refusal, or a person.
//
//   best label's calibrated score   >= answer threshold    answer   the approved text, byte for byte, in the visitor's
//   tongue
//                                   >= clarify threshold   clarify  "did you mean", up to three intents
//                                   below, or out of scope refuse   the configured text
//   best label is the hand-over intent, >= answer threshold  handoff
//
// The bot never writes a word of its own: what it says was approved by the shop.
// Threads: decide() from any number of threads.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "serving/bot.h"

namespace yupu::products {

// One approved answer.
struct Answer {
  std::string intent;
  std::string title_zh;
  std::string title_en;
  std::string text_zh;
  std::string text_en;
  std::string source;  // where the shop says so: "policy/orders#1"
};

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

class Bot final : public serving::Bot {
 public:
  // Errors: kInvalidArgument naming the intent: given twice, or without a text or title in one of the languages; an
  // answer threshold below the clarify threshold.
  static Result<std::unique_ptr<Bot>> create(BotOptions options, std::vector<Answer> answers);

  const std::string& name() const override { return options_.name; }
  const std::string& model() const override { return options_.model; }
  serving::BotAnswer decide(std::string_view text, const serving::ModelCard& card,
                            const serving::ScoredText& scored) const override;
  Json about() const override;

  // Labels of a model the shop has approved no answer for: the bot will refuse them.
  std::vector<std::string> labels_without_answer(std::span<const std::string> labels) const;

 private:
  Bot(BotOptions options, std::map<std::string, Answer, std::less<>> answers)
      : options_(std::move(options)), answers_(std::move(answers)) {}
  const Answer* find(std::string_view intent) const;
  std::vector<serving::BotOption> options_for(std::span<const serving::LabelScore> ranked, bool zh) const;

  const BotOptions options_;
  const std::map<std::string, Answer, std::less<>> answers_;
};

}  // namespace yupu::products
