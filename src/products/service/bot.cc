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

Status check_answer(const Answer& answer) {
  const std::pair<std::string_view, const std::string*> parts[] = {{"title_zh", &answer.title_zh},
                                                                   {"title_en", &answer.title_en},
                                                                   {"text_zh", &answer.text_zh},
                                                                   {"text_en", &answer.text_en}};
  if (answer.intent.empty()) return invalid_argument("an answer names no intent", "intent");
  for (const auto& [field, value] : parts) {
    if (value->empty()) {
      return invalid_argument("the answer of intent '" + answer.intent + "' has no " + std::string(field),
                              std::string(field));
    }
  }
  return {};
}

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

Result<std::unique_ptr<Bot>> Bot::create(BotOptions options, std::vector<Answer> answers) {
  if (options.name.empty()) return invalid_argument("a bot needs a name", "bot");
  if (options.default_lang != "zh" && options.default_lang != "en") {
    return invalid_argument("default_lang is neither zh nor en", "default_lang");
  }
  if (options.answer_threshold && options.clarify_threshold && *options.answer_threshold < *options.clarify_threshold) {
    return invalid_argument("answer_threshold is below clarify_threshold", "answer_threshold");
  }
  std::map<std::string, Answer, std::less<>> by_intent;
  for (Answer& answer : answers) {
    YUPU_RETURN_IF_ERROR(check_answer(answer));
    const std::string intent = answer.intent;
    if (!by_intent.emplace(intent, std::move(answer)).second) {
      return invalid_argument("intent '" + intent + "' has two answers", "intent");
    }
  }
  return std::unique_ptr<Bot>(new Bot(std::move(options), std::move(by_intent)));
}

const Answer* Bot::find(std::string_view intent) const {
  const auto found = answers_.find(intent);
  return found == answers_.end() ? nullptr : &found->second;
}

std::vector<serving::BotOption> Bot::options_for(std::span<const serving::LabelScore> ranked, bool zh) const {
  std::vector<serving::BotOption> options;
  for (const serving::LabelScore& candidate : ranked) {
    if (options.size() == kOptionsMax || candidate.score < kOptionShare * ranked.front().score) break;
    const Answer* answer = find(candidate.label);
    if (answer != nullptr) options.push_back({candidate.label, zh ? answer->title_zh : answer->title_en});
  }
  return options;
}

serving::BotAnswer Bot::decide(std::string_view text, const serving::ModelCard& card,
                               const serving::ScoredText& scored) const {
  const std::vector<serving::LabelScore>& ranked = scored.ranked;
  CHECK(!ranked.empty(), "a decision needs scores");
  const serving::LabelScore& best = ranked.front();
  const double answer_threshold = options_.answer_threshold.value_or(card.answer_threshold);
  const double clarify_threshold = options_.clarify_threshold.value_or(card.clarify_threshold);
  serving::BotAnswer said;
  said.intent = best.label;
  said.score = best.score;
  said.lang = language_of(text, options_.default_lang);
  const bool zh = said.lang == "zh";
  const Answer* answer = find(best.label);

  const bool sure = scored.in_scope && best.score >= answer_threshold;
  if (sure && (answer != nullptr || best.label == options_.handoff_intent)) {
    said.decision = best.label == options_.handoff_intent ? "handoff" : "answer";
    if (answer == nullptr) {
      said.text = zh ? options_.handoff_zh : options_.handoff_en;
    } else {
      said.text = zh ? answer->text_zh : answer->text_en;
      if (!answer->source.empty()) said.sources.push_back(answer->source);
    }
    return said;
  }
  if (!sure && scored.in_scope && best.score >= clarify_threshold && best.label != handoff::kOutOfScope) {
    said.options = options_for(ranked, zh);
  }
  said.decision = said.options.empty() ? "refuse" : "clarify";
  if (said.options.empty()) {
    said.text = zh ? options_.refuse_zh : options_.refuse_en;
  } else {
    said.text = zh ? options_.clarify_zh : options_.clarify_en;
  }
  return said;
}

Json Bot::about() const {
  Json titles = Json::object();
  for (const auto& [intent, answer] : answers_) {
    titles[intent] = {{"zh", answer.title_zh}, {"en", answer.title_en}};
  }
  return {{"titles", std::move(titles)}, {"examples", options_.examples}};
}

std::vector<std::string> Bot::labels_without_answer(std::span<const std::string> labels) const {
  std::vector<std::string> missing;
  for (const std::string& label : labels) {
    if (label != options_.handoff_intent && label != handoff::kOutOfScope && find(label) == nullptr) {
      missing.push_back(label);
    }
  }
  return missing;
}

}  // namespace yupu::products
