// How a value of a slot is written: "GH\d{8}", "[A-Z]{2}-?\d{4,6}".  A small part of what regular expressions can say,
// so that a match costs at most text x pattern steps whatever either of them is:
//
//   x        the character itself; \x the character after a backslash, whatever it means else
//   \d       a digit 0-9          .  any character
//   [a-z_]   one of these; [^a-z] none of these
//   ? * + {m} {m,n}   how often the one before; n at most 64
//
// No groups and no "|": several patterns stand for "one of these". Letters are told apart by case.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"

namespace yupu::products {

struct Span {
  std::size_t begin = 0;  // bytes, half-open
  std::size_t end = 0;
};

class Pattern {
 public:
  // Error: kInvalidArgument naming the character that cannot stand there.
  static Result<Pattern> parse(std::string_view text);

  // The first place where it matches, and there the longest; no ASCII letter or digit touches it on either side, so
  // that "\d{8}" is not found in nine digits. An empty match counts as none.
  std::optional<Span> find(std::string_view text) const;

 private:
  // One character, and how it may be left: the states of the automaton, in order; the end is the one behind the last.
  struct State {
    std::vector<std::pair<char32_t, char32_t>> ranges;  // empty and negated: any character
    bool negated = false;
    bool optional = false;  // may be skipped
    bool repeats = false;   // may be taken again
    bool takes(char32_t c) const;
  };
  friend class PatternParser;

  std::vector<State> states_;
};

bool is_ascii_word(char c);
std::string ascii_lower(std::string_view text);  // byte for byte: positions stay

}  // namespace yupu::products
