#include "text/sentences/sentences.h"

#include <algorithm>
#include <array>
#include <string>

#include "text/unicode.h"

namespace yupu::text {
namespace {

// After which a full stop does not end a sentence, and after which it does not when a number follows; lower case,
// without the stop.
constexpr std::array<std::string_view, 10> kBeforeNames = {"mr", "mrs", "ms",  "dr",  "prof",
                                                           "st", "vs",  "e.g", "i.e", "cf"};
constexpr std::array<std::string_view, 8> kBeforeNumbers = {"no", "nos", "fig", "vol", "pp", "art", "sec", "approx"};

bool ends_always(char32_t c) {
  return c == U'。' || c == U'！' || c == U'？' || c == U'!' || c == U'?' || c == U'；' || c == U'…' || c == U'｡';
}

bool closes(char32_t c) {
  return c == U'"' || c == U'\'' || c == U')' || c == U']' || c == U'”' || c == U'’' || c == U'」' || c == U'』' ||
         c == U'）' || c == U'】' || c == U'》' || c == U'»';
}

// The word that ends at `end`: letters and inner full stops.
std::string word_before(std::string_view text, std::size_t begin, std::size_t end) {
  std::size_t start = end;
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.'; };
  while (start > begin && is_letter(text[start - 1])) --start;
  return std::string(text.substr(start, end - start));
}

template <std::size_t N>
bool has(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// `next`: the code point after the stop and white space.
bool is_abbreviation(const std::string& word, char32_t next) {
  if (word.size() == 1 && word[0] >= 'A' && word[0] <= 'Z') return word[0] != 'I';
  const std::string folded = lower(word);
  return has(kBeforeNames, folded) || (next >= U'0' && next <= U'9' && has(kBeforeNumbers, folded));
}

class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  std::vector<Span> split() {
    std::size_t at = 0;
    while (at < text_.size()) {
      const CodePoint point = decode_code_point(text_, at);
      const std::size_t next = at + static_cast<std::size_t>(point.bytes);
      if (point.value == U'\n' || point.value == U'\r' || point.value == U'\u2028' || point.value == U'\u2029') {
        close(at);
        begin_ = next;
        at = next;
      } else if (ends_always(point.value) || (point.value == U'.' && full_stop_ends(at))) {
        at = after_end_marks(next);
        close(at);
        begin_ = at;
      } else {
        at = next;
      }
    }
    close(text_.size());
    return std::move(out_);
  }

 private:
  // Past further end marks ("?!", "……") and what closes.
  std::size_t after_end_marks(std::size_t at) const {
    while (at < text_.size()) {
      const CodePoint point = decode_code_point(text_, at);
      if (!ends_always(point.value) && !closes(point.value) && point.value != U'.') break;
      at += static_cast<std::size_t>(point.bytes);
    }
    return at;
  }

  bool full_stop_ends(std::size_t at) const {
    std::size_t next = at + 1;
    while (next < text_.size()) {
      const CodePoint point = decode_code_point(text_, next);
      if (!closes(point.value)) break;
      next += static_cast<std::size_t>(point.bytes);
    }
    if (next < text_.size() && !is_whitespace(decode_code_point(text_, next).value)) return false;
    while (next < text_.size()) {
      const CodePoint point = decode_code_point(text_, next);
      if (point.value == U'\n') return true;
      if (!is_whitespace(point.value)) {
        const bool goes_on = point.value >= U'a' && point.value <= U'z';
        return !goes_on && !is_abbreviation(word_before(text_, begin_, at), point.value);
      }
      next += static_cast<std::size_t>(point.bytes);
    }
    return true;
  }

  void close(std::size_t end) {
    std::size_t begin = begin_;
    std::size_t last = begin;  // the end of the last code point that is no white space
    bool has_begun = false;
    for (std::size_t at = begin_; at < end;) {
      const CodePoint point = decode_code_point(text_, at);
      const std::size_t next = at + static_cast<std::size_t>(point.bytes);
      if (!is_whitespace(point.value)) {
        if (!has_begun) begin = at;
        has_begun = true;
        last = next;
      }
      at = next;
    }
    if (has_begun) out_.push_back({begin, last});
  }

  std::string_view text_;
  std::size_t begin_ = 0;
  std::vector<Span> out_;
};

}  // namespace

std::vector<Span> sentences(std::string_view text) { return Splitter(text).split(); }

}  // namespace yupu::text
