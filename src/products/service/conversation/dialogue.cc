#include "products/service/conversation/dialogue.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "products/service/conversation/quoted_text.h"
#include "products/service/knowledge/asked_words.h"

namespace yupu::products {
namespace {

void forget_offer(DialogueState& state) {
  state.offered.clear();
  state.offered_trace.clear();
  state.offered_text.clear();
}

// Ends the form; its values stay known.
void leave_form(DialogueState& state) {
  if (!state.form) return;
  for (const auto& [name, value] : state.form->values) state.told[name] = value;
  state.form.reset();
}

// The answer whose slots are being filled; null when there is none, or the shop has changed its answers meanwhile.
const ApprovedAnswer* answer_in_form(const ApprovedAnswers& answers, const DialogueState& state, const Moment& moment) {
  if (!state.form) return nullptr;
  const Form& form = *state.form;
  const ApprovedAnswer* answer = answers.find(form.intent, moment);
  if (answer == nullptr || !contains(answer->text(form.lang).slots(), form.slot)) return nullptr;
  const bool confirmable = !answers.slot(form.slot).confirm_zh.empty() && form.values.contains(form.slot);
  return form.confirming && !confirmable ? nullptr : answer;
}

bool is_unsure(const serving::BotAnswer& said) { return said.decision == "clarify" || said.decision == "refuse"; }

}  // namespace

Result<std::unique_ptr<Dialogue>> Dialogue::create(BotOptions bot, DialogueOptions options, AnswerBook book) {
  YUPU_ASSIGN_OR_RETURN(auto made, Bot::create(std::move(bot), std::move(book)));
  return std::unique_ptr<Dialogue>(new Dialogue(std::move(made), std::move(options)));
}

std::string Dialogue::text_of_option(const DialogueState& state, const std::string& option,
                                     const Moment& moment) const {
  const auto titles = bot_->titled(state.lang.empty() ? bot_->options().default_lang : state.lang, moment,
                                   std::vector<std::string>{option});
  return titles.empty() ? option : titles.front().title;
}

serving::BotAnswer Dialogue::hand_over(DialogueState& state, const Moment& moment, std::string_view lang,
                                       std::string_view why) const {
  state.lang = lang;
  state.waiting = true;
  state.unsure_count = 0;
  leave_form(state);
  forget_offer(state);
  serving::BotAnswer said = bot_->hand_over(lang, moment);
  said.notes["handoff"] = why;
  return said;
}

FormPaper Dialogue::paper_for(const AnswerText& text, const Moment& moment) const {
  return {bot_->answers(), text, civil_date(moment.now_ns, options_.utc_offset_minutes),
          options_.entities ? &options_.entities : nullptr};
}

serving::BotAnswer Dialogue::fill(DialogueState& state, const ApprovedAnswer& answer, serving::BotAnswer said,
                                  FormStep step, const Heard& heard) const {
  CHECK(state.form.has_value(), "a form is open");
  const Form& form = *state.form;
  const AnswerText& text = answer.text(form.lang);
  said.intent = form.intent;
  said.score = form.score;
  said.lang = form.lang;
  if (step == FormStep::kLost) {
    serving::BotAnswer handed = hand_over(state, heard.moment, said.lang, "slot");
    handed.intent = said.intent;
    handed.score = said.score;
    return handed;
  }
  if (step == FormStep::kFilled) {
    said.decision = "answer";
    said.text = text.fill(form.values);
    said.sources.clear();
    if (!answer.answer.source.empty()) said.sources.push_back(answer.answer.source);
    leave_form(state);
    return said;
  }
  const FormPaper paper = paper_for(text, heard.moment);
  said.decision = "clarify";
  said.sources.clear();
  said.slot = form.slot;
  said.text = form_question(form, paper, options_.form, step == FormStep::kAgain);
  return said;
}

std::optional<serving::BotAnswer> Dialogue::in_form(DialogueState& state, const Heard& heard,
                                                    const serving::BotAnswer& otherwise) const {
  const ApprovedAnswer* answer = answer_in_form(bot_->answers(), state, heard.moment);
  if (answer == nullptr) {
    leave_form(state);
    return std::nullopt;
  }
  Form& form = *state.form;
  if (is_one_of(heard.text, options_.cancel_words)) {
    serving::BotAnswer said;
    said.decision = "answer";
    said.intent = form.intent;
    said.score = form.score;
    said.lang = form.lang;
    said.text = in_language(form.lang, options_.cancelled_zh, options_.cancelled_en);
    said.notes["cancelled"] = form.slot;
    leave_form(state);
    return said;
  }
  const Slot& slot = bot_->answers().slot(form.slot);
  const bool takes_anything = slot.kind == SlotKind::kText && slot.patterns.empty() && !form.confirming;
  const FormPaper paper = paper_for(answer->text(form.lang), heard.moment);
  const bool to_person = otherwise.decision == "handoff";
  FormStep step = takes_anything && to_person ? FormStep::kNothing : fill_form(form, paper, options_.form, heard.text);
  if (step == FormStep::kNothing) {
    // No value in it: another subject, where the model is sure of one.
    if (to_person || (otherwise.decision == "answer" && otherwise.intent != form.intent)) {
      leave_form(state);
      return std::nullopt;
    }
    step = miss_form(form, options_.form);
  }
  return fill(state, *answer, {}, step, heard);
}

serving::BotAnswer Dialogue::asked(DialogueState& state, const Heard& heard, serving::BotAnswer said) const {
  if (said.decision == "answer") {
    state.unsure_count = 0;
    const std::string question = state.offered_text + " " + heard.text;
    forget_offer(state);
    const ApprovedAnswer* answer = bot_->answers().find(said.intent, heard.moment);
    CHECK(answer != nullptr, "an answer is one of the book's: " + said.intent);
    const AnswerText& text = answer->text(said.lang);
    if (text.slots().empty()) return said;
    state.form = Form{.intent = said.intent, .lang = said.lang, .score = said.score};
    const FormPaper paper = paper_for(text, heard.moment);
    // Of a tap, the question is what the buttons were shown for.
    const FormStep step = begin_form(*state.form, paper, heard.option.empty() ? heard.text : question);
    return fill(state, *answer, std::move(said), step, heard);
  }
  const bool lost =
      said.decision != "handoff" && ++state.unsure_count >= options_.unsure_max && options_.unsure_max > 0;
  if (said.decision == "handoff" || lost) {
    serving::BotAnswer handed = hand_over(state, heard.moment, said.lang, lost ? "unsure" : "asked");
    handed.intent = said.intent;
    handed.score = said.score;
    return handed;
  }
  forget_offer(state);
  if (!said.options.empty()) {
    for (const serving::BotOption& option : said.options) state.offered.push_back(option.intent);
    state.offered_trace = heard.trace_id;
    state.offered_text = heard.text;
  }
  return said;
}

serving::BotAnswer Dialogue::decide(std::string_view lang, const Heard& heard, const serving::ModelCard& card,
                                    const serving::ScoredText& scored) const {
  // "?!" asks nothing, whatever a model that has to choose makes of it.
  if (asked_words(heard.text).empty()) return bot_->refuse(lang, scored);
  return bot_->decide(lang, heard.moment, card, scored);
}

bool Dialogue::asks_documents(const DialogueState& state, const Heard& heard, const serving::ModelCard& card,
                              const serving::ScoredText& scored) const {
  if (state.waiting || !heard.option.empty()) return false;
  if (answer_in_form(bot_->answers(), state, heard.moment) != nullptr) return false;
  const serving::BotAnswer decided = decide(bot_->options().default_lang, heard, card, scored);
  return is_unsure(decided) && decided.intent != bot_->options().handoff_intent;
}

serving::BotAnswer Dialogue::quoted(DialogueState& state, const Found& found, serving::BotAnswer said) const {
  state.unsure_count = 0;
  forget_offer(state);
  QuotedText text = quoted_text(found.quotes, options_.utc_offset_minutes);
  said.decision = "answer";
  said.text = std::move(text.text);
  said.quotes = std::move(text.quotes);
  said.options.clear();
  return said;
}

serving::BotAnswer Dialogue::tapped(DialogueState& state, const Heard& heard) const {
  if (state.lang.empty()) state.lang = language_of(heard.text, bot_->options().default_lang);
  serving::BotAnswer said;
  if (contains(state.offered, heard.option)) {
    const std::string trace_id = state.offered_trace;
    said = asked(state, heard, bot_->answer(state.lang, heard.moment, heard.option, 1.0));
    if (!trace_id.empty()) said.label = serving::TraceLabel{trace_id, heard.option};
    said.notes["tapped"] = heard.option;
    return said;
  }
  said.notes["stale_tap"] = heard.option;
  if (const ApprovedAnswer* answer = answer_in_form(bot_->answers(), state, heard.moment)) {
    const Json notes = said.notes;
    said = fill(state, *answer, {}, FormStep::kAsk, heard);
    said.notes = notes;
    return said;
  }
  said.options = bot_->titled(state.lang, heard.moment, state.offered);
  if (said.options.empty()) {
    state.offered = {heard.option};
    state.offered_trace.clear();
    state.offered_text.clear();
    said.options = bot_->titled(state.lang, heard.moment, state.offered);
  }
  if (said.options.empty()) forget_offer(state);
  said.decision = "clarify";
  said.lang = state.lang;
  said.text = said.options.empty() ? in_language(state.lang, options_.nothing_open_zh, options_.nothing_open_en)
                                   : in_language(state.lang, options_.stale_zh, options_.stale_en);
  return said;
}

void Dialogue::note_triggers(DialogueState& state, const Heard& heard, const serving::ScoredText& scored,
                             serving::BotAnswer& said) const {
  Understood understood;
  if (!scored.ranked.empty()) understood = {scored.ranked.front().label, scored.ranked.front().score};
  const auto all = fired(options_.triggers, heard.text, understood);
  if (all.empty()) return;
  // What stands in quotation marks may be told once; after that it repeats what has fired already.
  const auto own = fired(options_.triggers, without_quoted(heard.text), understood);
  Json names = Json::array();
  for (const Trigger* trigger : all) {
    const bool is_new = !contains(state.triggers, trigger->name);
    if (!is_new && std::find(own.begin(), own.end(), trigger) == own.end()) continue;
    names.push_back(trigger->name);
    if (!is_new) continue;
    state.triggers.push_back(trigger->name);
    state.priority += trigger->priority;
  }
  if (names.empty()) return;
  said.notes["triggers"] = std::move(names);
  said.notes["priority"] = state.priority;
}

serving::BotAnswer Dialogue::reply(DialogueState& state, const Heard& heard, const serving::ModelCard& card,
                                   const serving::ScoredText& scored) const {
  const std::string before = state.lang.empty() ? bot_->options().default_lang : state.lang;
  serving::BotAnswer said;
  if (state.waiting) {
    said = bot_->hand_over(before, heard.moment);
    CHECK(!scored.ranked.empty(), "a decision needs scores");
    said.intent = scored.ranked.front().label;
    said.score = scored.ranked.front().score;
  } else if (!heard.option.empty()) {
    said = tapped(state, heard);
  } else {
    const std::string lang = language_of(heard.text, before);
    serving::BotAnswer decided = decide(lang, heard, card, scored);
    auto filled = in_form(state, heard, decided);
    if (filled) {
      said = *std::move(filled);
    } else {
      state.lang = lang;
      const bool answers = heard.found && !heard.found->quotes.empty() && is_unsure(decided);
      said = answers ? quoted(state, *heard.found, std::move(decided)) : asked(state, heard, std::move(decided));
    }
    if (heard.found) {
      said.notes["knowledge"] = {
          {"score", heard.found->score}, {"threshold", heard.found->threshold}, {"quotes", heard.found->quotes.size()}};
    }
  }
  note_triggers(state, heard, scored, said);
  return said;
}

}  // namespace yupu::products
