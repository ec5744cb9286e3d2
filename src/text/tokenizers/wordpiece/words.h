// Steps 1 to 4 of BERT's tokenizer: a text as the words WordPiece works on, each byte of which knows where it came
// from.
//
//   clean      U+0000, U+FFFD (so also invalid UTF-8), control, format and private-use characters go
//   ideographs each CJK ideograph is a word
//   accents    NFD, then category Mn goes
//   lower      full lower case, code point by code point
//   split      at whitespace, which goes, and around every punctuation character, which is a word
//
// The reference does this in passes over the whole text. Here one pass pulls the next word, and only code points that a
// step changes leave the straight path. One thing in NFD reaches beyond a code point: it sorts runs of combining
// characters, and the reference gives the sorted characters the positions of the unsorted ones. `run_` remembers what
// is needed to do the same.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text/tokenizers/tokenizer.h"
#include "text/tokenizers/wordpiece/wordpiece.h"

namespace yupu::text {

struct Word {
  std::string bytes;                  // UTF-8
  std::vector<std::int32_t> origins;  // per byte: where its original code point begins, in the reader's unit
  std::int32_t char_count = 0;

  void clear() {
    bytes.clear();
    origins.clear();
    char_count = 0;
  }
};

// Threads: one owner. `text` must outlive the reader.
class WordReader {
 public:
  // Reads text[begin, end). `begin_index` is the offset of `begin` in `unit`.
  WordReader(std::string_view text, std::size_t begin, std::size_t end, std::int32_t begin_index, OffsetUnit unit,
             const WordPieceOptions& options);
  // False at the end of the text; else `word` is not empty.
  bool next(Word& word);
  std::int32_t index() const { return index_; }  // how far it has read, in `unit`

 private:
  struct Pending {  // a code point that NFD or lower case made
    char32_t value;
    std::int32_t origin;
  };
  struct Combining {
    char32_t value;
    int combining_class;
    bool first;  // the first code point of its source's decomposition: takes the next source's place when sorted
    std::int32_t origin;
  };

  bool read_ascii(Word& word, unsigned char byte);
  bool read_wide(Word& word);
  bool take_pending(Word& word);
  void expand(char32_t code_point, std::int32_t origin);
  void decompose(char32_t code_point, std::int32_t origin);
  void finish_run();
  void append_mapped(char32_t code_point, std::int32_t origin);
  void advance(std::int32_t bytes);
  static void append(Word& word, char32_t code_point, std::int32_t origin);

  std::string_view text_;  // cut at `end`
  std::size_t position_;
  std::int32_t index_;
  OffsetUnit unit_;
  unsigned mask_;  // the flags that mean something under the options
  bool strip_accents_;
  bool lower_case_;
  std::vector<Pending> pending_;
  std::size_t pending_at_ = 0;
  std::vector<Combining> run_;   // combining characters since the last starter, in source order
  std::int32_t run_before_ = 0;  // origin of that starter
  bool run_keeps_ = false;       // one of the run stays in the text, so the order matters
  std::u32string scratch_;
};

}  // namespace yupu::text
