#include "text/tokenizers/wordpiece/words.h"

#include <algorithm>

#include "text/tokenizers/wordpiece/character_classes.h"
#include "text/unicode.h"

namespace yupu::text {
namespace {

unsigned flags_that_matter(const WordPieceOptions& options, bool strip_accents) {
  unsigned mask = kSpace | kPunctuation;
  if (options.clean_text) mask |= kDropped;
  if (options.tokenize_chinese_chars) mask |= kIdeograph;
  if (strip_accents) mask |= kMark | kDecomposes | kReorders;
  if (options.lower_case) mask |= kLowers;
  return mask;
}

}  // namespace

WordReader::WordReader(std::string_view text, std::size_t begin, std::size_t end, std::int32_t begin_index,
                       OffsetUnit unit, const WordPieceOptions& options)
    : text_(text.substr(0, end)),
      position_(begin),
      index_(begin_index),
      unit_(unit),
      mask_(0),
      strip_accents_(options.strip_accents.value_or(options.lower_case)),
      lower_case_(options.lower_case) {
  mask_ = flags_that_matter(options, strip_accents_);
}

bool WordReader::next(Word& word) {
  word.clear();
  while (true) {
    if (pending_at_ < pending_.size()) {
      if (take_pending(word)) return true;
      continue;
    }
    if (position_ >= text_.size()) {
      if (!run_keeps_) return !word.bytes.empty();
      finish_run();
      continue;
    }
    const auto byte = static_cast<unsigned char>(text_[position_]);
    if (byte < 0x80 ? read_ascii(word, byte) : read_wide(word)) return true;
  }
}

// Both readers: true when `word` is complete. A character that must begin the next word is left unread.
bool WordReader::read_ascii(Word& word, unsigned char byte) {
  const unsigned flags = character_flags(byte) & mask_;
  if ((flags & kDropped) != 0) {
    advance(1);
    return false;
  }
  if (run_keeps_) {
    finish_run();
    return false;
  }
  run_.clear();
  if ((flags & kSpace) != 0) {
    advance(1);
    return !word.bytes.empty();
  }
  const bool alone = (flags & kPunctuation) != 0;
  if (alone && !word.bytes.empty()) return true;
  const bool upper = (flags & kLowers) != 0;  // ASCII upper case is 32 below its lower case
  word.bytes.push_back(static_cast<char>(upper ? byte + 32 : byte));
  word.origins.push_back(index_);
  ++word.char_count;
  run_before_ = index_;
  advance(1);
  return alone;
}

bool WordReader::read_wide(Word& word) {
  const CodePoint code_point = decode_code_point(text_, position_);
  const unsigned flags = character_flags(code_point.value) & mask_;
  if ((flags & kDropped) != 0) {
    advance(code_point.bytes);
    return false;
  }
  const bool wordlike = (flags & (kSpace | kIdeograph)) == 0;
  const bool changes = wordlike && (flags & (kMark | kReorders | kDecomposes | kLowers)) != 0;
  if (run_keeps_ && !changes) {
    finish_run();
    return false;
  }
  if (changes) {
    const std::int32_t origin = index_;
    advance(code_point.bytes);
    expand(code_point.value, origin);
    return false;
  }
  run_.clear();
  run_before_ = index_;
  if ((flags & kSpace) != 0) {
    advance(code_point.bytes);
    return !word.bytes.empty();
  }
  const bool alone = (flags & (kPunctuation | kIdeograph)) != 0;
  if (alone && !word.bytes.empty()) return true;
  char32_t value = code_point.value;
  if ((flags & kDecomposes) != 0) {  // a compatibility ideograph: always one code point
    scratch_.clear();
    append_reference_decomposition(scratch_, value);
    value = scratch_.front();
  }
  append(word, value, index_);
  advance(code_point.bytes);
  return alone;
}

bool WordReader::take_pending(Word& word) {
  const Pending& pending = pending_[pending_at_];
  const unsigned flags = character_flags(pending.value);
  if ((flags & kSpace) != 0) {
    ++pending_at_;
    return !word.bytes.empty();
  }
  const bool alone = (flags & kPunctuation) != 0;
  if (alone && !word.bytes.empty()) return true;
  append(word, pending.value, pending.origin);
  ++pending_at_;
  return alone;
}

// Only called with nothing pending.
void WordReader::expand(char32_t code_point, std::int32_t origin) {
  pending_.clear();
  pending_at_ = 0;
  if (strip_accents_) {
    decompose(code_point, origin);
  } else {
    append_mapped(code_point, origin);
  }
}

void WordReader::decompose(char32_t code_point, std::int32_t origin) {
  scratch_.clear();
  append_reference_decomposition(scratch_, code_point);
  const std::u32string decomposed = scratch_;
  for (std::size_t i = 0; i < decomposed.size(); ++i) {
    const char32_t value = decomposed[i];
    const unsigned flags = character_flags(value);
    const int combining = (flags & (kMark | kReorders)) != 0 ? combining_class(value) : 0;
    if (combining == 0) {
      if (run_keeps_) finish_run();
      run_.clear();
      run_before_ = origin;
      if ((flags & kMark) == 0) append_mapped(value, origin);
    } else {
      run_.push_back({.value = value, .combining_class = combining, .first = i == 0, .origin = origin});
      run_keeps_ = run_keeps_ || (flags & kReorders) != 0;
    }
  }
}

// Sorts the run as NFD does and hands on what strip_accents leaves of it.
void WordReader::finish_run() {
  if (pending_at_ == pending_.size()) {
    pending_.clear();
    pending_at_ = 0;
  }
  std::vector<std::int32_t> places;
  for (const Combining& combining : run_) {
    if (combining.first) places.push_back(combining.origin);
  }
  std::ranges::stable_sort(run_, {}, &Combining::combining_class);
  std::int32_t place = run_before_;
  std::size_t place_index = 0;
  for (const Combining& combining : run_) {
    if (combining.first) place = places[place_index++];
    if ((character_flags(combining.value) & kReorders) != 0) append_mapped(combining.value, place);
  }
  run_.clear();
  run_keeps_ = false;
}

void WordReader::append_mapped(char32_t code_point, std::int32_t origin) {
  scratch_.clear();
  if (lower_case_) {
    append_lower(scratch_, code_point);
  } else {
    scratch_.push_back(code_point);
  }
  for (const char32_t value : scratch_) pending_.push_back({.value = value, .origin = origin});
}

void WordReader::advance(std::int32_t bytes) {
  position_ += bytes;
  index_ += unit_ == OffsetUnit::kBytes ? bytes : 1;
}

void WordReader::append(Word& word, char32_t code_point, std::int32_t origin) {
  append_utf8(word.bytes, code_point);
  word.origins.resize(word.bytes.size(), origin);
  ++word.char_count;
}

}  // namespace yupu::text
