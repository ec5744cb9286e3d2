// A slot: a value an answer needs and only the visitor knows. "Order {order_number} is on its way" cannot be said
// before the visitor has named the order.
//
// What counts as a value, by kind, in a text folded by slot_text():
//   order_number  one of the patterns; without any: 6 to 32 letters, digits and hyphens with four digits or more
//   phone         11 digits of a mobile (86 or +86 before it), 0 + area code + number, or +country and 8 to 15 digits
//   date          2026-02-03, 2026年2月3日, 二月三日 (this year), 3 Feb 2026, Feb 3rd; 三天后, next friday and the like
//                 (relative_date.h): 2026-02-03
//   amount        above 0, two decimals at most, within least and most (amount.h): 1234.50
//   choice        one of the names of one of the choices, the longest: the choice's value
//   entity        the first name of the slot's type that a model of entities is sure of (entity_model.h)
//   text          one of the patterns; without any: what was said, up to 200 characters
// What looks like a value and cannot be one (31 Feb, -2, a phone of nine digits) is impossible, not absent.
// Threads: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "products/service/conversation/civil_date.h"
#include "products/service/conversation/entity.h"
#include "products/service/conversation/pattern.h"

namespace yupu::products {

enum class SlotKind : std::uint8_t { kOrderNumber, kPhone, kDate, kAmount, kText, kChoice, kEntity };
// "order_number", "phone", "date", "amount", "text", "choice", "entity".
std::optional<SlotKind> find_slot_kind(std::string_view name);

// One of a list the shop has written down: sizes, colours, its shops.
struct Choice {
  std::string value;               // as it is put into the answer
  std::vector<std::string> names;  // as visitors say it, the value among them
};

struct Slot {
  std::string name;  // a-z, 0-9, _; begins with a letter
  SlotKind kind = SlotKind::kText;
  std::vector<Pattern> patterns = {};  // order_number and text only
  std::vector<Choice> choices = {};    // choice only
  std::string entity = {};             // entity only: the type, "PER"
  std::optional<double> least = {};    // amount only
  std::optional<double> most = {};
  std::string prompt_zh = {};
  std::string prompt_en = {};
  std::string confirm_zh = {};  // {value} stands for what was said; empty: not asked
  std::string confirm_en = {};
};
bool is_slot_name(std::string_view name);

struct SlotReading {
  enum class State : std::uint8_t { kNone, kImpossible, kValue };
  State state = State::kNone;
  std::string value = {};  // as it is put into the answer
  Span span = {};          // where it stood
  bool marked = false;     // nothing else is written so: worth taking from a text that was not asked for it
};

// NFKC, one space where there were several, at most 512 characters: what read_slot reads.
std::string slot_text(std::string_view text);
// `entities`: who reads slots of kind entity; null: nobody, they are never found.
SlotReading read_slot(const Slot& slot, std::string_view text, CivilDate today, const EntityReader* entities = nullptr);

}  // namespace yupu::products
