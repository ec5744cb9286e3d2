#include "products/service/conversation/slot.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "products/service/conversation/amount.h"
#include "text/unicode.h"

namespace yupu::products {
namespace {

using State = SlotReading::State;

constexpr std::size_t kReadCharactersMax = 512;
constexpr std::size_t kTextCharactersMax = 200;

constexpr std::array<std::pair<std::string_view, SlotKind>, 7> kKinds{{{"order_number", SlotKind::kOrderNumber},
                                                                       {"phone", SlotKind::kPhone},
                                                                       {"date", SlotKind::kDate},
                                                                       {"amount", SlotKind::kAmount},
                                                                       {"choice", SlotKind::kChoice},
                                                                       {"entity", SlotKind::kEntity},
                                                                       {"text", SlotKind::kText}}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string first_characters(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  for (; count > 0 && at < text.size(); --count)
    at += static_cast<std::size_t>(text::decode_code_point(text, at).bytes);
  return std::string(text.substr(0, at));
}

std::optional<SlotReading> read_patterns(const Slot& slot, std::string_view text) {
  for (const Pattern& pattern : slot.patterns) {
    const auto span = pattern.find(text);
    if (!span) continue;
    return SlotReading{.state = State::kValue,
                       .value = std::string(text.substr(span->begin, span->end - span->begin)),
                       .span = *span,
                       .marked = true};
  }
  return std::nullopt;
}

// The first run of letters, digits and hyphens that `wants`; runs are what stands between other characters.
template <class Wants>
std::optional<Span> find_run(std::string_view text, Wants wants) {
  const auto part = [](char c) { return is_ascii_word(c) || c == '-'; };
  for (std::size_t begin = 0; begin < text.size(); ++begin) {
    if (!part(text[begin])) continue;
    std::size_t end = begin;
    while (end < text.size() && part(text[end])) ++end;
    Span run{begin, end};
    while (run.begin < run.end && text[run.begin] == '-') ++run.begin;
    while (run.end > run.begin && text[run.end - 1] == '-') --run.end;
    if (wants(text.substr(run.begin, run.end - run.begin))) return run;
    begin = end;
  }
  return std::nullopt;
}

SlotReading read_order_number(const Slot& slot, std::string_view text) {
  constexpr std::int64_t kDigitsLeast = 4;
  constexpr std::size_t kLengthLeast = 6;
  constexpr std::size_t kLengthMost = 32;
  if (auto reading = read_patterns(slot, text)) return *reading;
  const auto numbered = [](std::string_view run) {
    return std::count_if(run.begin(), run.end(), is_digit) >= kDigitsLeast;
  };
  if (slot.patterns.empty()) {
    const auto run = find_run(text, [&](std::string_view word) {
      return numbered(word) && word.size() >= kLengthLeast && word.size() <= kLengthMost;
    });
    if (run)
      return {.state = State::kValue,
              .value = std::string(text.substr(run->begin, run->end - run->begin)),
              .span = *run,
              .marked = true};
  }
  // Letters and digits in one word, or digits enough: meant as one.
  const auto meant = [&](std::string_view word) {
    const auto digit_count = static_cast<std::size_t>(std::count_if(word.begin(), word.end(), is_digit));
    const auto hyphen_count = static_cast<std::size_t>(std::count(word.begin(), word.end(), '-'));
    return numbered(word) || (digit_count > 0 && digit_count + hyphen_count < word.size());
  };
  const auto wrong = find_run(text, meant);
  return wrong ? SlotReading{.state = State::kImpossible, .value = {}, .span = *wrong} : SlotReading{};
}

// Digits of a telephone number -> as it is called, or nothing.
std::optional<std::string> dialled(std::string digits, bool international) {
  const auto mobile = [](std::string_view d) { return d.size() == 11 && d[0] == '1' && d[1] >= '3'; };
  if (international && !digits.starts_with("86")) {
    return digits.size() >= 8 && digits.size() <= 15 ? std::optional("+" + digits) : std::nullopt;
  }
  if ((international || digits.size() == 13) && digits.starts_with("86")) digits.erase(0, 2);
  const bool landline = digits.size() >= 10 && digits.size() <= 12 && digits[0] == '0' && digits[1] != '0';
  return mobile(digits) || landline ? std::optional(digits) : std::nullopt;
}

SlotReading read_phone(std::string_view text) {
  constexpr std::size_t kDigitsLeast = 5;  // fewer are no telephone number, not even a wrong one
  SlotReading wrong;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!is_digit(text[at]) && text[at] != '+') continue;
    const std::size_t begin = at;
    const bool international = text[at] == '+';
    std::string digits;
    std::size_t end = at + (international ? 1 : 0);
    for (std::size_t k = end; k < text.size(); ++k) {
      if (is_digit(text[k])) {
        digits += text[k];
        end = k + 1;
      } else if (text[k] != ' ' && text[k] != '-' && text[k] != '(' && text[k] != ')') {
        break;
      }
    }
    const Span span{begin, end};
    at = end;
    if (digits.size() < kDigitsLeast) continue;
    if (auto number = dialled(digits, international))
      return {.state = State::kValue, .value = std::move(*number), .span = span, .marked = true};
    if (wrong.state == State::kNone) wrong = {.state = State::kImpossible, .value = {}, .span = span};
  }
  return wrong;
}

SlotReading read_date_slot(std::string_view text, CivilDate today) {
  const DateReading reading = read_date(text, today);
  if (!reading.found) return {};
  if (!reading.date) return {.state = State::kImpossible, .value = {}, .span = reading.span};
  return {.state = State::kValue, .value = reading.date->to_string(), .span = reading.span, .marked = true};
}

SlotReading read_amount_slot(const Slot& slot, std::string_view text) {
  const AmountReading reading = read_amount(ascii_lower(text));
  if (!reading.found) return {};
  double value = 0;
  const std::string number = reading.value.value_or("");
  const auto parsed = std::from_chars(number.data(), number.data() + number.size(), value);
  const bool possible =
      parsed.ec == std::errc() && value >= slot.least.value_or(0) && value <= slot.most.value_or(1e15);
  if (!possible) return {.state = State::kImpossible, .value = {}, .span = reading.span};
  return {.state = State::kValue, .value = number, .span = reading.span, .marked = reading.marked};
}

// The place of `name` in a text, both in lower case; no ASCII letter or digit touches its own.
std::optional<Span> find_name(std::string_view text, std::string_view name) {
  for (std::size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    const bool joined_before = at > 0 && is_ascii_word(text[at - 1]) && is_ascii_word(name.front());
    const bool joined_after = end < text.size() && is_ascii_word(text[end]) && is_ascii_word(name.back());
    if (!joined_before && !joined_after) return Span{at, end};
  }
  return std::nullopt;
}

// The longest name of any choice: "dark red" before "red".
SlotReading read_choice(const Slot& slot, std::string_view text) {
  const std::string lower = ascii_lower(text);
  SlotReading best;
  for (const Choice& choice : slot.choices) {
    for (const std::string& name : choice.names) {
      const auto span = find_name(lower, ascii_lower(slot_text(name)));
      if (!span || span->end - span->begin <= best.span.end - best.span.begin) continue;
      best = {.state = State::kValue, .value = choice.value, .span = *span, .marked = true};
    }
  }
  return best;
}

SlotReading read_entity(const Slot& slot, std::string_view text, const EntityReader* entities) {
  constexpr double kScoreLeast = 0.5;
  if (entities == nullptr) return {};
  // Not marked: a model may take anything for a name, so it is asked only about what answers the question.
  for (const Entity& entity : (*entities)(std::string(text))) {
    const Span span = entity.span;
    if (entity.type != slot.entity || entity.score < kScoreLeast || span.begin >= span.end) continue;
    return {.state = State::kValue, .value = std::string(text.substr(span.begin, span.end - span.begin)), .span = span};
  }
  return {};
}

SlotReading read_text(const Slot& slot, std::string_view text) {
  if (auto reading = read_patterns(slot, text)) return *reading;
  if (!slot.patterns.empty() || text.empty()) return {};
  const std::string kept = first_characters(text, kTextCharactersMax);
  return {.state = State::kValue, .value = kept, .span = {0, kept.size()}};
}

}  // namespace

std::optional<SlotKind> find_slot_kind(std::string_view name) {
  for (const auto& [known, kind] : kKinds) {
    if (known == name) return kind;
  }
  return std::nullopt;
}

bool is_slot_name(std::string_view name) {
  return !name.empty() && name[0] >= 'a' && name[0] <= 'z' && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_';
  });
}

std::string slot_text(std::string_view text) {
  return first_characters(text::collapse_whitespace(text::nfkc(text)), kReadCharactersMax);
}

SlotReading read_slot(const Slot& slot, std::string_view text, CivilDate today, const EntityReader* entities) {
  switch (slot.kind) {
    case SlotKind::kOrderNumber:
      return read_order_number(slot, text);
    case SlotKind::kPhone:
      return read_phone(text);
    case SlotKind::kDate:
      return read_date_slot(text, today);
    case SlotKind::kAmount:
      return read_amount_slot(slot, text);
    case SlotKind::kChoice:
      return read_choice(slot, text);
    case SlotKind::kEntity:
      return read_entity(slot, text, entities);
    case SlotKind::kText:
      return read_text(slot, text);
  }
  return {};
}

}  // namespace yupu::products
