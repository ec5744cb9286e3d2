#include "products/service/conversation/pattern.h"

#include <algorithm>

#include <fmt/format.h>

#include "text/unicode.h"

namespace yupu::products {
namespace {
constexpr std::size_t kRepeatMax = 64;
constexpr std::size_t kStatesMax = 256;
}  // namespace

bool is_ascii_word(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string ascii_lower(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lowered;
}

bool Pattern::State::takes(char32_t c) const {
  const bool listed = std::any_of(ranges.begin(), ranges.end(),
                                  [c](const auto& range) { return c >= range.first && c <= range.second; });
  return listed != negated;
}

class PatternParser {
 public:
  explicit PatternParser(std::string_view text) : characters_(text::decode_utf8(text).code_points) {}

  Result<Pattern> parse() {
    if (characters_.empty()) return invalid_argument("the pattern is empty");
    Pattern pattern;
    while (at_ < characters_.size()) {
      Pattern::State state;
      YUPU_RETURN_IF_ERROR(read_one(state));
      YUPU_RETURN_IF_ERROR(read_count(pattern.states_, std::move(state)));
      if (pattern.states_.size() > kStatesMax)
        return invalid_argument(fmt::format("the pattern allows more than {} characters", kStatesMax));
    }
    return pattern;
  }

 private:
  bool done() const { return at_ == characters_.size(); }
  bool take(char32_t c) {
    if (done() || characters_[at_] != c) return false;
    ++at_;
    return true;
  }
  Status wrong(std::string_view why) const {
    return invalid_argument(fmt::format("character {} of the pattern: {}", at_ + 1, why));
  }

  // What a backslash makes of the character behind it.
  Status read_escaped(Pattern::State& state) {
    if (done()) return wrong("nothing stands behind the backslash");
    const char32_t c = characters_[at_++];
    if (c == U'd') {
      state.ranges.emplace_back(U'0', U'9');
    } else {
      state.ranges.emplace_back(c, c);
    }
    return ok_status();
  }

  Status read_one(Pattern::State& state) {
    constexpr std::u32string_view kReserved = U"()|^$?*+{}]";
    const char32_t c = characters_[at_];
    if (kReserved.find(c) != std::u32string_view::npos) {
      return wrong("one of ( ) | ^ $ ? * + { } ] cannot stand here; write a backslash before it to mean itself");
    }
    ++at_;
    if (c == U'.') {
      state.negated = true;
      return ok_status();
    }
    if (c == U'\\') return read_escaped(state);
    if (c == U'[') return read_class(state);
    state.ranges.emplace_back(c, c);
    return ok_status();
  }

  Status read_class(Pattern::State& state) {
    state.negated = take(U'^');
    while (!done() && characters_[at_] != U']') {
      if (take(U'\\')) {
        YUPU_RETURN_IF_ERROR(read_escaped(state));
        continue;
      }
      const char32_t first = characters_[at_++];
      const bool is_range = at_ + 1 < characters_.size() && characters_[at_] == U'-' && characters_[at_ + 1] != U']';
      if (is_range) ++at_;
      const char32_t last = is_range ? characters_[at_++] : first;
      if (last < first) return wrong("the range runs backwards");
      state.ranges.emplace_back(first, last);
    }
    if (!take(U']')) return wrong("'[' is not closed");
    return state.ranges.empty() ? wrong("'[]' names no character") : ok_status();
  }

  Result<std::size_t> read_number() {
    std::size_t number = 0;
    const std::size_t begin = at_;
    while (!done() && characters_[at_] >= U'0' && characters_[at_] <= U'9' && number <= kRepeatMax)
      number = number * 10 + static_cast<std::size_t>(characters_[at_++] - U'0');
    if (begin == at_) return wrong("a number must stand here, as in {2} or {2,4}");
    if (number > kRepeatMax) return wrong(fmt::format("at most {} times", kRepeatMax));
    return number;
  }

  // Writes `state` down as often as it is wanted.
  Status read_count(std::vector<Pattern::State>& states, Pattern::State state) {
    std::size_t least = 1;
    std::size_t most = 1;
    if (take(U'?')) {
      least = 0;
    } else if (take(U'*')) {
      state.optional = true;
      state.repeats = true;
    } else if (take(U'+')) {
      state.repeats = true;
    } else if (take(U'{')) {
      YUPU_ASSIGN_OR_RETURN(least, read_number());
      most = least;
      if (take(U',')) {
        YUPU_ASSIGN_OR_RETURN(most, read_number());
      }
      if (!take(U'}')) return wrong("'{' is not closed");
      if (most < least || most == 0) return wrong("the counts run backwards");
    }
    for (std::size_t i = 0; i < most; ++i) {
      if (i >= least) state.optional = true;
      states.push_back(state);
    }
    return ok_status();
  }

  const std::u32string characters_;
  std::size_t at_ = 0;
};

Result<Pattern> Pattern::parse(std::string_view text) { return PatternParser(text).parse(); }

std::optional<Span> Pattern::find(std::string_view text) const {
  const std::size_t end_state = states_.size();
  std::vector<bool> now(end_state + 1);
  std::vector<bool> next(end_state + 1);
  // A state that may be skipped is one with the one behind it.
  const auto enter = [&](std::vector<bool>& set, std::size_t state) {
    for (;; ++state) {
      set[state] = true;
      if (state == end_state || !states_[state].optional) return;
    }
  };
  for (std::size_t begin = 0; begin < text.size();) {
    std::optional<Span> longest;
    if (begin == 0 || !is_ascii_word(text[begin - 1])) {
      std::fill(now.begin(), now.end(), false);
      enter(now, 0);
      bool alive = true;
      for (std::size_t at = begin; alive && at < text.size();) {
        const text::CodePoint point = text::decode_code_point(text, at);
        at += static_cast<std::size_t>(point.bytes);
        std::fill(next.begin(), next.end(), false);
        alive = false;
        for (std::size_t state = 0; state < end_state; ++state) {
          if (!now[state] || !states_[state].takes(point.value)) continue;
          enter(next, state + 1);
          if (states_[state].repeats) enter(next, state);
          alive = true;
        }
        std::swap(now, next);
        if (now[end_state] && (at == text.size() || !is_ascii_word(text[at]))) longest = Span{begin, at};
      }
    }
    if (longest) return longest;
    begin += static_cast<std::size_t>(text::decode_code_point(text, begin).bytes);
  }
  return std::nullopt;
}

}  // namespace yupu::products
