#include "products/service/conversation/answer_text.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"

namespace yupu::products {

Result<AnswerText> AnswerText::parse(std::string_view text, const std::function<bool(std::string_view name)>& known) {
  AnswerText parsed;
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c != '{' && c != '}') {
      plain += c;
      continue;
    }
    if (at + 1 < text.size() && text[at + 1] == c) {
      plain += c;
      ++at;
      continue;
    }
    const std::size_t close = text.find('}', at);
    if (c == '}' || close == std::string_view::npos) {
      return invalid_argument(
          fmt::format("byte {}: '{}' stands alone; write '{}{}' to mean the brace itself", at, c, c, c));
    }
    const std::string name(text.substr(at + 1, close - at - 1));
    if (!known(name)) {
      return invalid_argument(
          fmt::format("'{{{}}}' is no slot; declare it as [[slot]], or write '{{{{' to mean the brace itself", name));
    }
    if (!plain.empty()) parsed.pieces_.push_back({plain, false});
    plain.clear();
    parsed.pieces_.push_back({name, true});
    if (std::find(parsed.slots_.begin(), parsed.slots_.end(), name) == parsed.slots_.end())
      parsed.slots_.push_back(name);
    at = close;
  }
  if (!plain.empty()) parsed.pieces_.push_back({plain, false});
  return parsed;
}

std::string AnswerText::fill(const SlotValues& values) const {
  std::string said;
  for (const Piece& piece : pieces_) {
    if (!piece.is_slot) {
      said += piece.text;
      continue;
    }
    const auto value = values.find(piece.text);
    CHECK(value != values.end(), "no value for slot " + piece.text);
    said += value->second;
  }
  return said;
}

}  // namespace yupu::products
