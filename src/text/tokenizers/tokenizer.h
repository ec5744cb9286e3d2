// The seam between words and numbers: a text to token ids, and back. Kinds live in tokenizers/<kind>/, one row each in
// tokenizers.cc; the rest of the program knows this header only.
//
//   YUPU_ASSIGN_OR_RETURN(auto tokenizer, text::load_tokenizer(directory));
//   text::Encoding encoding = tokenizer->encode("你好, world", {.max_length = 128});
//
// Threads  every const member may be called from any number of threads at once.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "text/ngrams/ngrams.h"

namespace yupu::text {

// Half-open span of the ORIGINAL text, in Unicode code points unless EncodeOptions asks for bytes. In a pair each side
// counts in its own text. A special token the tokenizer added is {0, 0}.
struct Offset {
  std::int32_t begin = 0;
  std::int32_t end = 0;
  bool operator==(const Offset&) const = default;
};

struct Encoding {
  std::vector<std::int32_t> ids;
  std::vector<std::int32_t>
      type_ids;                 // 0 for the first text and its specials, 1 for the second text and the last [SEP]
  std::vector<Offset> offsets;  // all three vectors have one entry per token
  bool truncated = false;       // tokens were left out to fit max_length
  SparseRow ngrams;             // features of the whole text; filled by models that have a wide branch, else empty
};

enum class OffsetUnit : std::uint8_t { kCodePoints, kBytes };

struct EncodeOptions {
  // Most tokens, special ones included; 0 = no limit. One text loses its end; of a pair the longer side loses first
  // ("longest first", the reference's rule). [CLS] and [SEP] are never cut, so fewer than 2 (pair: 3) still gives
  // those.
  std::int32_t max_length = 0;
  bool add_special_tokens = true;
  // "[MASK]" and the other special tokens written in the text are that token, as in the reference. False: plain text,
  // which is what strangers' input deserves.
  bool special_tokens_in_text = true;
  OffsetUnit offset_unit = OffsetUnit::kCodePoints;
};

struct SpecialIds {
  std::int32_t unk = 0;
  std::int32_t cls = 0;
  std::int32_t sep = 0;
  std::optional<std::int32_t> pad = {};          // absent when the vocabulary has none: packed batches need no padding
  std::optional<std::int32_t> mask = {};         // absent: the vocabulary cannot be pre-trained with
  std::optional<std::int32_t> end_of_text = {};  // ends (and begins) what a language model writes; absent: it cannot
};

class Tokenizer {
 public:
  Tokenizer() = default;
  Tokenizer(const Tokenizer&) = delete;
  Tokenizer& operator=(const Tokenizer&) = delete;
  virtual ~Tokenizer() = default;

  // [CLS] text [SEP]. Any bytes: an invalid UTF-8 sequence is U+FFFD (which BERT drops). Never fails.
  virtual Encoding encode(std::string_view text, const EncodeOptions& options = {}) const = 0;
  // [CLS] first [SEP] second [SEP].
  virtual Encoding encode_pair(std::string_view first, std::string_view second,
                               const EncodeOptions& options = {}) const = 0;
  // Readable text: continuation pieces joined, special tokens left out, spaces before punctuation closed up. Case and
  // spacing the tokenizer took away do not come back. An id out of range reads as the unknown token.
  virtual std::string decode(std::span<const std::int32_t> ids) const = 0;

  virtual std::int32_t vocab_size() const = 0;
  virtual std::string_view token(std::int32_t id) const = 0;  // REQUIRES: 0 <= id < vocab_size()
  virtual std::optional<std::int32_t> id(std::string_view token) const = 0;
  virtual const SpecialIds& special_ids() const = 0;
  virtual std::string_view kind() const = 0;  // its row in tokenizer_kinds(): "wordpiece", "bpe"
  virtual std::string_view content_id()
      const = 0;  // SHA-256 (hex) of vocabulary and settings: equal id, equal encodings

  // Writes the kind's files (vocab.txt; or vocab.json and merges.txt), tokenizer_config.json, special_tokens_map.json
  // and tokenizer.json into `directory` (made if absent); the reference library opens it and gives equal ids. Layout:
  // docs/formats/vocab.md, docs/formats/bpe.md.
  virtual Status save(const std::string& directory) const = 0;
};

// One row per kind of tokenizer; `recognises` looks at the directory's files, `open` reads them.
struct TokenizerKind {
  std::string_view name;
  std::string_view summary;
  bool (*recognises)(const std::string& directory);
  Result<std::unique_ptr<Tokenizer>> (*open)(const std::string& directory);
};
std::span<const TokenizerKind> tokenizer_kinds();

// Opens the tokenizer of a model directory by the first kind that recognises it.
// Outcomes  kNotFound: no directory, or no file any kind knows; kInvalidArgument: file, line and what is wrong with it.
Result<std::unique_ptr<Tokenizer>> load_tokenizer(const std::string& directory);

}  // namespace yupu::text
