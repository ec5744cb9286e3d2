#include "products/service/bot.h"

#include <utility>

#include "base/check.h"
#include "handoff/types.h"
#include "text/unicode.h"

namespace yupu::products {
namespace {

constexpr double kChineseShare = 0.2;   // of the letters, from which on a text is answered in Chinese
constexpr std::size_t kOptionsMax = 3;  // "did you mean" offers no more
constexpr double kOptionShare = 0.1;    // of the best score: less likely intents are not worth a visitor's eye

}  // namespace

std::string language_of(std::string_view text, std::string_view default_lang) {
  std::int64_t chinese = 0;
  std::int64_t letters = 0;
  for (std::size_t at = 0; at < text.size();) {
    const text::CodePoint point = text::decode_code_point(text, at);
    at += static_cast<std::size_t>(point.bytes);
    if (text::is_cjk_ideograph(point.value)) {
      ++chinese;
    } else if (text::category(point.value) == text::Category::kLetter) {
      ++letters;
    }
  }
  if (chinese + letters == 0) return std::string(default_lang);
  return static_cast<double>(chinese) >= kChineseShare * static_cast<double>(chinese + letters) ? "zh" : "en";
}

Result<std::unique_ptr<Bot>> Bot::create(BotOptions options, AnswerBook book) {
  if (options.name.empty()) return invalid_argument("a bot needs a name", "bot");
  if (options.default_lang != "zh" && options.default_lang != "en") {
    return invalid_argument("default_lang is neither zh nor en", "default_lang");
  }
  if (options.answer_threshold && options.clarify_threshold && *options.answer_threshold < *options.clarify_threshold) {
    return invalid_argument("answer_threshold is below clarify_threshold", "answer_threshold");
  }
  YUPU_ASSIGN_OR_RETURN(ApprovedAnswers answers, ApprovedAnswers::create(std::move(book)));
  const auto to_person = answers.by_intent().find(options.handoff_intent);
  if (to_person != answers.by_intent().end()) {
    for (const ApprovedAnswer& answer : to_person->second) {
      if (answer.zh.slots().empty() && answer.en.slots().empty()) continue;
      return invalid_argument("intent '" + options.handoff_intent + "' hands over to a person: its answer has no slots",
                              "text_zh");
    }
  }
  return std::unique_ptr<Bot>(new Bot(std::move(options), std::move(answers)));
}

std::vector<serving::BotOption> Bot::titled(std::string_view lang, const Moment& moment,
                                            std::span<const std::string> intents) const {
  std::vector<serving::BotOption> options;
  for (const std::string& intent : intents) {
    const ApprovedAnswer* found = answers_.find(intent, moment);
    if (found != nullptr) options.push_back({intent, found->title(lang)});
  }
  return options;
}

std::vector<serving::BotOption> Bot::options_for(std::string_view lang, const Moment& moment,
                                                 std::span<const serving::LabelScore> ranked) const {
  std::vector<serving::BotOption> options;
  for (const serving::LabelScore& candidate : ranked) {
    if (options.size() == kOptionsMax || candidate.score < kOptionShare * ranked.front().score) break;
    const ApprovedAnswer* found = answers_.find(candidate.label, moment);
    if (found != nullptr) options.push_back({candidate.label, found->title(lang)});
  }
  return options;
}

serving::BotAnswer Bot::hand_over(std::string_view lang, const Moment& moment) const {
  return answer(lang, moment, options_.handoff_intent, 0);
}

serving::BotAnswer Bot::answer(std::string_view lang, const Moment& moment, std::string_view intent,
                               double score) const {
  serving::BotAnswer said;
  said.intent = intent;
  said.score = score;
  said.lang = lang;
  const ApprovedAnswer* found = answers_.find(intent, moment);
  const bool to_person = intent == options_.handoff_intent;
  said.decision = to_person ? "handoff" : found != nullptr ? "answer" : "refuse";
  if (found != nullptr) {
    const AnswerText& text = found->text(lang);
    if (text.slots().empty()) said.text = text.fill({});
    if (!found->answer.source.empty()) said.sources.push_back(found->answer.source);
  } else if (to_person) {
    said.text = in_language(lang, options_.handoff_zh, options_.handoff_en);
  } else {
    said.text = in_language(lang, options_.refuse_zh, options_.refuse_en);
  }
  return said;
}

serving::BotAnswer Bot::refuse(std::string_view lang, const serving::ScoredText& scored) const {
  CHECK(!scored.ranked.empty(), "a decision needs scores");
  serving::BotAnswer said;
  said.decision = "refuse";
  said.intent = scored.ranked.front().label;
  said.score = scored.ranked.front().score;
  said.lang = lang;
  said.text = in_language(lang, options_.refuse_zh, options_.refuse_en);
  return said;
}

serving::BotAnswer Bot::decide(std::string_view lang, const Moment& moment, const serving::ModelCard& card,
                               const serving::ScoredText& scored) const {
  const std::vector<serving::LabelScore>& ranked = scored.ranked;
  CHECK(!ranked.empty(), "a decision needs scores");
  const serving::LabelScore& best = ranked.front();
  const double answer_threshold = options_.answer_threshold.value_or(card.answer_threshold);
  const double clarify_threshold = options_.clarify_threshold.value_or(card.clarify_threshold);
  const bool sure = scored.in_scope && best.score >= answer_threshold;
  if (sure) return answer(lang, moment, best.label, best.score);

  serving::BotAnswer said = refuse(lang, scored);
  if (scored.in_scope && best.score >= clarify_threshold && best.label != handoff::kOutOfScope) {
    said.options = options_for(lang, moment, ranked);
  }
  if (said.options.empty()) return said;
  said.decision = "clarify";
  said.text = in_language(lang, options_.clarify_zh, options_.clarify_en);
  return said;
}

Json Bot::about() const {
  Json titles = Json::object();
  for (const auto& [intent, answers] : answers_.by_intent()) {
    titles[intent] = {{"zh", answers.front().answer.title_zh}, {"en", answers.front().answer.title_en}};
  }
  return {{"titles", std::move(titles)}, {"examples", options_.examples}};
}

std::vector<std::string> Bot::labels_without_answer(std::span<const std::string> labels) const {
  std::vector<std::string> missing;
  for (const std::string& label : labels) {
    if (label != options_.handoff_intent && label != handoff::kOutOfScope && !answers_.knows(label)) {
      missing.push_back(label);
    }
  }
  return missing;
}

}  // namespace yupu::products
