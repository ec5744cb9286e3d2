#include "products/service/conversation/form.h"

#include <algorithm>

#include "base/check.h"
#include "products/service/bot.h"
#include "products/service/conversation/triggers.h"

namespace yupu::products {
namespace {

using State = SlotReading::State;

// The first slot that still wants something becomes the one asked for.
FormStep advance(Form& form, const FormPaper& paper) {
  const auto ask = [&form](const std::string& slot, bool confirming) {
    if (form.slot != slot) form.tries_count = 0;
    form.slot = slot;
    form.confirming = confirming;
    return FormStep::kAsk;
  };
  for (const std::string& name : paper.text.slots()) {
    if (!form.values.contains(name)) return ask(name, false);
    if (!paper.answers.slot(name).confirm_zh.empty() && !contains(form.confirmed, name)) return ask(name, true);
  }
  return FormStep::kFilled;
}

// Kinds that are hard to mistake read first, and take what they read away from the rest.
int reading_order(const Slot& slot) {
  if (!slot.patterns.empty()) return 0;
  switch (slot.kind) {
    case SlotKind::kDate:
      return 1;
    case SlotKind::kPhone:
      return 2;
    case SlotKind::kOrderNumber:
      return 3;
    case SlotKind::kAmount:
      return 4;
    case SlotKind::kChoice:
      return 5;
    case SlotKind::kEntity:
      return 6;
    case SlotKind::kText:
      return 7;
  }
  return 7;
}

// Values of slots that were not asked for, out of the folded text.
void take_along(Form& form, const FormPaper& paper, std::string text) {
  std::vector<const Slot*> wanted;
  for (const std::string& name : paper.text.slots()) {
    if (!form.values.contains(name)) wanted.push_back(&paper.answers.slot(name));
  }
  std::stable_sort(wanted.begin(), wanted.end(),
                   [](const Slot* a, const Slot* b) { return reading_order(*a) < reading_order(*b); });
  for (const Slot* slot : wanted) {
    const SlotReading reading = read_slot(*slot, text, paper.today);
    if (reading.state != State::kValue || !reading.marked) continue;
    form.values[slot->name] = reading.value;
    text.replace(reading.span.begin, reading.span.end - reading.span.begin, reading.span.end - reading.span.begin, ' ');
  }
}

FormStep take(Form& form, const FormPaper& paper, std::string text, const SlotReading& reading) {
  form.values[form.slot] = reading.value;
  text.replace(reading.span.begin, reading.span.end - reading.span.begin, reading.span.end - reading.span.begin, ' ');
  take_along(form, paper, std::move(text));
  return advance(form, paper);
}

// Takes another value of a slot that has one already: "the order is GH9999, sorry". It is to be confirmed anew. While
// what was asked for stands there too, though wrongly (`only_patterns`), only what is written by a pattern counts: a
// telephone number with a digit too few is no order number.
bool change_another(Form& form, const FormPaper& paper, std::string_view text, bool only_patterns) {
  for (const std::string& name : paper.text.slots()) {
    const auto known = form.values.find(name);
    const Slot& slot = paper.answers.slot(name);
    if (known == form.values.end() || name == form.slot || (only_patterns && slot.patterns.empty())) continue;
    const SlotReading reading = read_slot(slot, text, paper.today);
    if (reading.state != State::kValue || !reading.marked || reading.value == known->second) continue;
    known->second = reading.value;
    std::erase(form.confirmed, name);
    return true;
  }
  return false;
}

// What was said last is asked for again: the value that waits for a yes, else the one of the slot before.
FormStep go_back(Form& form, const FormPaper& paper) {
  std::string last = form.values.contains(form.slot) ? form.slot : std::string();
  for (const std::string& name : paper.text.slots()) {
    if (form.confirming || name == form.slot) break;
    if (form.values.contains(name)) last = name;
  }
  if (last.empty()) return FormStep::kAsk;
  form.values.erase(last);
  std::erase(form.confirmed, last);
  form.slot = last;
  form.confirming = false;
  form.tries_count = 0;
  return FormStep::kAsk;
}

}  // namespace

FormStep begin_form(Form& form, const FormPaper& paper, std::string_view question) {
  take_along(form, paper, slot_text(question));
  return advance(form, paper);
}

FormStep miss_form(Form& form, const FormRules& rules) {
  return ++form.tries_count >= rules.tries_max ? FormStep::kLost : FormStep::kAgain;
}

FormStep fill_form(Form& form, const FormPaper& paper, const FormRules& rules, std::string_view said) {
  const Slot& slot = paper.answers.slot(form.slot);
  const std::string text = slot_text(said);
  if (is_one_of(said, rules.change_words)) return go_back(form, paper);
  if (form.confirming && is_one_of(said, rules.yes_words)) {
    form.confirmed.push_back(form.slot);
    return advance(form, paper);
  }
  if (form.confirming && is_one_of(said, rules.no_words)) {
    form.values.erase(form.slot);
    const FormStep step = miss_form(form, rules);
    form.confirming = false;
    return step == FormStep::kLost ? step : FormStep::kAsk;
  }
  // Any text is a value of a slot of text: asked for yes or no, it is neither.
  if (form.confirming && slot.kind == SlotKind::kText && slot.patterns.empty()) return FormStep::kNothing;
  const SlotReading reading = read_slot(slot, text, paper.today, paper.entities);
  switch (reading.state) {
    case State::kValue:
      return take(form, paper, text, reading);
    case State::kImpossible:
      return change_another(form, paper, text, true) ? advance(form, paper) : miss_form(form, rules);
    case State::kNone:
      return change_another(form, paper, text, false) ? advance(form, paper) : FormStep::kNothing;
  }
  return FormStep::kNothing;
}

std::string form_question(const Form& form, const FormPaper& paper, const FormRules& rules, bool again) {
  const Slot& slot = paper.answers.slot(form.slot);
  std::string question = in_language(form.lang, slot.prompt_zh, slot.prompt_en);
  if (form.confirming) {
    const auto known = [](std::string_view name) { return name == "value"; };
    const auto text = AnswerText::parse(in_language(form.lang, slot.confirm_zh, slot.confirm_en), known);
    CHECK(text.ok(), "a confirmation was checked when the book was opened: " + text.status().message());
    question = text->fill({{"value", form.values.at(form.slot)}});
  }
  if (!again) return question;
  const std::string& before = in_language(form.lang, rules.again_zh, rules.again_en);
  return before + (form.lang == "en" && !before.empty() ? " " : "") + question;
}

}  // namespace yupu::products
