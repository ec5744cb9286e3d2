// The text of an approved answer: "Order {order_number} left on {sent_on}." A name in braces is a slot; {{ and }} are
// the braces themselves. Everything else is said byte for byte.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace yupu::products {

using SlotValues = std::map<std::string, std::string, std::less<>>;

class AnswerText {
 public:
  // Error: kInvalidArgument: a brace that is not closed, a name that `known` does not know.
  static Result<AnswerText> parse(std::string_view text, const std::function<bool(std::string_view name)>& known);

  // In the order in which they stand, each once.
  const std::vector<std::string>& slots() const { return slots_; }
  // REQUIRES: a value for each slot.
  std::string fill(const SlotValues& values) const;

 private:
  struct Piece {
    std::string text;  // or the slot's name
    bool is_slot = false;
  };
  std::vector<Piece> pieces_;
  std::vector<std::string> slots_;
};

}  // namespace yupu::products
