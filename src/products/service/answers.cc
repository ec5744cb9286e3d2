#include "products/service/answers.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/check.h"

namespace yupu::products {
namespace {

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
  if (answer.valid_from_ns && answer.valid_until_ns && *answer.valid_until_ns <= *answer.valid_from_ns) {
    return invalid_argument("the answer of intent '" + answer.intent + "' ends before it begins", "valid_until");
  }
  return {};
}

bool channels_meet(const Answer& a, const Answer& b) {
  if (a.channels.empty() || b.channels.empty()) return true;
  return std::any_of(a.channels.begin(), a.channels.end(), [&](const std::string& channel) {
    return std::find(b.channels.begin(), b.channels.end(), channel) != b.channels.end();
  });
}

bool times_meet(const Answer& a, const Answer& b) {
  const auto begin = [](const Answer& answer) { return answer.valid_from_ns.value_or(INT64_MIN); };
  const auto end = [](const Answer& answer) { return answer.valid_until_ns.value_or(INT64_MAX); };
  return begin(a) < end(b) && begin(b) < end(a);
}

}  // namespace

bool ApprovedAnswer::holds(const Moment& moment) const {
  if (answer.valid_from_ns && moment.now_ns < *answer.valid_from_ns) return false;
  if (answer.valid_until_ns && moment.now_ns >= *answer.valid_until_ns) return false;
  return answer.channels.empty() ||
         std::find(answer.channels.begin(), answer.channels.end(), moment.channel) != answer.channels.end();
}

Status ApprovedAnswers::add(Answer answer) {
  YUPU_RETURN_IF_ERROR(check_answer(answer));
  const auto known = [this](std::string_view name) { return slots_.contains(name); };
  const auto read = [&](const std::string& text, const char* field) -> Result<AnswerText> {
    auto parsed = AnswerText::parse(text, known);
    if (parsed.ok()) return parsed;
    return invalid_argument("the answer of intent '" + answer.intent + "': " + field + ": " + parsed.status().message(),
                            field);
  };
  YUPU_ASSIGN_OR_RETURN(AnswerText zh, read(answer.text_zh, "text_zh"));
  YUPU_ASSIGN_OR_RETURN(AnswerText en, read(answer.text_en, "text_en"));
  std::vector<ApprovedAnswer>& others = by_intent_[answer.intent];
  for (const ApprovedAnswer& other : others) {
    if (channels_meet(answer, other.answer) && times_meet(answer, other.answer)) {
      return invalid_argument("intent '" + answer.intent + "' has two answers that hold at the same time", "intent");
    }
  }
  others.push_back({std::move(answer), std::move(zh), std::move(en)});
  return {};
}

Result<ApprovedAnswers> ApprovedAnswers::create(AnswerBook book) {
  ApprovedAnswers approved;
  for (Slot& slot : book.slots) {
    const std::string name = slot.name;
    if (!is_slot_name(name)) return invalid_argument("slot '" + name + "': a name is a-z, 0-9 and _", "name");
    if (slot.prompt_zh.empty() || slot.prompt_en.empty()) {
      return invalid_argument("slot '" + name + "' needs prompt_zh and prompt_en", "prompt_zh");
    }
    if (slot.confirm_zh.empty() != slot.confirm_en.empty()) {
      return invalid_argument("slot '" + name + "' is confirmed in one language only", "confirm_zh");
    }
    const std::pair<const char*, const std::string*> confirmations[] = {{"confirm_zh", &slot.confirm_zh},
                                                                        {"confirm_en", &slot.confirm_en}};
    for (const auto& [field, text] : confirmations) {
      const auto read = AnswerText::parse(*text, [](std::string_view word) { return word == "value"; });
      if (!read.ok()) return invalid_argument("slot '" + name + "': " + field + ": " + read.status().message(), field);
    }
    if (!approved.slots_.emplace(name, std::move(slot)).second) {
      return invalid_argument("slot '" + name + "' is declared twice", "name");
    }
  }
  for (Answer& answer : book.answers) YUPU_RETURN_IF_ERROR(approved.add(std::move(answer)));
  return approved;
}

const ApprovedAnswer* ApprovedAnswers::find(std::string_view intent, const Moment& moment) const {
  const auto found = by_intent_.find(intent);
  if (found == by_intent_.end()) return nullptr;
  for (const ApprovedAnswer& answer : found->second) {
    if (answer.holds(moment)) return &answer;
  }
  return nullptr;
}

const Slot& ApprovedAnswers::slot(std::string_view name) const {
  const auto found = slots_.find(name);
  CHECK(found != slots_.end(), "no slot " + std::string(name));
  return found->second;
}

}  // namespace yupu::products
