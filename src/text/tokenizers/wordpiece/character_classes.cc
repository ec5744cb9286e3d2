#include "text/tokenizers/wordpiece/character_classes.h"

#include <array>
#include <atomic>
#include <span>

#include "base/mutex.h"
#include "text/tokenizers/wordpiece/reference_classes.h"
#include "text/unicode.h"

namespace yupu::text {
namespace {

// Planes 0 and 1 hold everything but ideographs, tags and private use; those are looked up in the ranges.
constexpr char32_t kTableEnd = 0x20000;

bool is_ascii_punctuation(char32_t c) {
  return (c >= 33 && c <= 47) || (c >= 58 && c <= 64) || (c >= 91 && c <= 96) || (c >= 123 && c <= 126);
}

// The reference's block list has 2B920 where Unicode has 2B820, so the first 256 ideographs of extension E are not
// words of their own there.
bool is_reference_ideograph(char32_t c) { return is_cjk_ideograph(c) && (c < 0x2B820 || c > 0x2B91F); }

// Decompositions that came with Unicode 13 and 16.
bool decomposes_later(char32_t c) {
  return c == 0x105C9 || c == 0x105E4 || (c >= 0x11383 && c <= 0x11391) || (c >= 0x113C5 && c <= 0x113C8) ||
         c == 0x11938 || (c >= 0x16121 && c <= 0x16128) || (c >= 0x16D68 && c <= 0x16D6A);
}

std::uint8_t compute_flags(char32_t c) {
  unsigned flags = 0;
  if (c == 0 || c == kReplacementCharacter || contains(dropped_ranges(), c)) flags |= kDropped;
  if (is_whitespace(c)) flags |= kSpace;
  if (is_reference_ideograph(c)) flags |= kIdeograph;
  if (is_ascii_punctuation(c) || contains(punctuation_ranges(), c)) flags |= kPunctuation;
  if (contains(mark_ranges(), c)) flags |= kMark;
  if (contains(reordering_ranges(), c)) flags |= kReorders;
  std::u32string mapped;
  append_reference_decomposition(mapped, c);
  if (mapped.size() != 1 || mapped[0] != c) flags |= kDecomposes;
  mapped.clear();
  append_lower(mapped, c);
  if (mapped.size() != 1 || mapped[0] != c) flags |= kLowers;
  return static_cast<std::uint8_t>(flags);
}

// The flags of planes 0 and 1, a block worked out when first asked for: a text needs few of them.
constexpr char32_t kBlock = 256;
constinit std::array<std::uint8_t, kTableEnd> table{};
constinit std::array<std::atomic<bool>, kTableEnd / kBlock> is_filled{};
constinit Mutex fill_mutex;

void fill_block(char32_t block) {
  MutexLock lock(fill_mutex);
  if (is_filled[block].load(std::memory_order_relaxed)) return;
  for (char32_t c = block * kBlock; c < (block + 1) * kBlock; ++c) {
    table[c] = (c >= 0xD800 && c <= 0xDFFF) ? 0 : compute_flags(c);
  }
  is_filled[block].store(true, std::memory_order_release);
}

}  // namespace

std::uint8_t character_flags(char32_t code_point) {
  if (code_point >= kTableEnd) return compute_flags(code_point);
  if (!is_filled[code_point / kBlock].load(std::memory_order_acquire)) fill_block(code_point / kBlock);
  return table[code_point];
}

void append_reference_decomposition(std::u32string& out, char32_t code_point) {
  if (decomposes_later(code_point)) {
    out.push_back(code_point);
  } else {
    append_decomposed(out, code_point);
  }
}

}  // namespace yupu::text
