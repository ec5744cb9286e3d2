// From words to what an encoder reads, and from texts to words.
//
//   words     Yupu      lives   in   Xishan        one label and one prediction each
//   pieces    yu ##pu   lives   in   xi ##shan
//   row       ^                 ...  ^             the first piece of a word speaks for it (Devlin et al. 2018, 5.3)
//
// A sentence longer than max_length pieces is read in windows that overlap:
//   window 1  [CLS] w1 ........ w9 [SEP]
//   window 2              [CLS] w7 .......... w15 [SEP]
//                               w7 w8 | w9
// The overlap is at most a quarter of a window's pieces and at least nothing (a word of very many pieces).  A word in
// it is answered by the window in which it stands further from the edge: its first half by the earlier one.  So every
// word has exactly one row, whatever its sentence's length.
// A word the tokenizer makes nothing of (a control character) is read as the unknown token; of a word of more pieces
// than a window holds the first ones are read, and it is counted.
// Threads  functions without state.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ops/sparse_linear/sparse_linear.h"
#include "text/tokenizers/tokenizer.h"

namespace yupu::tasks {

struct WordWindow {
  std::vector<std::int32_t> ids;   // [CLS] pieces [SEP]
  std::vector<std::int32_t> rows;  // index in `ids` of the first piece of each word it answers for
};

struct WordEncoding {
  std::vector<WordWindow> windows;  // in order; their rows together are the words in order
  std::int64_t word_count = 0;
  std::int64_t token_count = 0;  // of all windows
  std::int64_t cut_words = 0;    // not read to their end
  engine::SparseRows features;   // one row a word, for a tagger with a wide branch; else no row
};

// REQUIRES: max_length >= 3.
WordEncoding encode_words(const text::Tokenizer& tokenizer, std::span<const std::string> words,
                          std::int64_t max_length);

// A word of a text, with where it stands: half-open, in code points and in bytes.
struct PlacedWord {
  std::string text;
  std::int64_t begin = 0, end = 0;
  std::int64_t begin_byte = 0, end_byte = 0;
};

// As column files are cut: at white space; an ideograph is a word of its own; so is punctuation, unless it stands
// between letters or digits (U.N, 3.5, well-known) or is an apostrophe with an s behind it ("'s" is one word).  Symbols
// ($, +) count as punctuation.  Any bytes: an invalid sequence is one code point that belongs to its word.
std::vector<PlacedWord> split_words(std::string_view text);

}  // namespace yupu::tasks
