// Byte-level BPE's first half (Radford et al. 2019, "Language models are unsupervised multitask learners", 2.2, and the
// released encoder): a text is cut into pre-tokens by the pattern
//   's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
// which merges never cross; then every byte is a character of its own that can be seen, so that a vocabulary is text.
// An invalid UTF-8 sequence counts as U+FFFD.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace yupu::text {

// Cuts text[begin, end).  Every byte of it belongs to one pre-token, in order.
class PretokenReader {
 public:
  PretokenReader(std::string_view text, std::size_t begin, std::size_t end)
      : text_(text.substr(0, end)), position_(begin) {}

  struct Span {
    std::size_t begin, end;  // bytes of the text
  };
  std::optional<Span> next();

 private:
  std::size_t contraction_bytes() const;
  std::size_t end_of_run(std::size_t from) const;
  std::size_t end_of_spaces() const;

  std::string_view text_;
  std::size_t position_;
};

// The character a byte is written as in a vocabulary: itself where it can be seen, else U+0100 and on in order.
const std::array<std::string, 256>& byte_characters();
// In the order of the released vocabularies: '!' to '~', 0xA1 to 0xAC, 0xAE to 0xFF, then the others.
const std::array<unsigned char, 256>& byte_order();
// The bytes that a vocabulary entry stands for; nothing when it has a character that stands for no byte.
std::optional<std::string> bytes_of_characters(std::string_view characters);

}  // namespace yupu::text
