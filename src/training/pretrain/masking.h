// Which tokens of a sequence are hidden, drawn anew every time it is seen (Liu et al. 2019, arXiv:1907.11692, 4.1).
//   selected   every group of tokens with `probability`, at least one group of a sequence;  special tokens never
//   shown as   [MASK] 80 %, a token drawn evenly from the vocabulary's ordinary ones 10 %, itself 10 %; token by token
//   group      a token; with `whole_word` a word with its ## pieces, and 1 to 3 ideographs next to each other.  There
//   is
//              no segmenter here: runs of ideographs are cut at lengths drawn evenly, which hides many a word whole and
//              makes a character less often guessable from the other half of its word (Cui et al. 2019,
//              arXiv:1906.08101)
// The draws follow from (seed, epoch, sample, position): not from the batch, the order or the thread count.
// Threads  any, once built.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "text/tokenizers/tokenizer.h"

namespace yupu::training {

struct MaskingOptions {
  double probability = 0.15;
  bool whole_word = false;
  std::uint64_t seed = 1;
};

struct MaskedTokens {
  std::vector<std::int32_t> positions;  // ascending
  std::vector<std::int32_t> labels;     // the ids that stood there
};

class Masking {
 public:
  // REQUIRES: the tokenizer has a [MASK] and an ordinary token.
  Masking(const text::Tokenizer& tokenizer, const MaskingOptions& options);

  // Hides tokens of `ids`, in place.
  MaskedTokens apply(std::span<std::int32_t> ids, std::uint64_t epoch, std::uint64_t sample) const;

  // Up to `count` different ordinary tokens of `ids`, drawn without repeats; ascending.
  std::vector<std::int32_t> some_of(std::span<const std::int32_t> ids, std::int64_t count, std::uint64_t epoch,
                                    std::uint64_t sample) const;

 private:
  enum class Kind : std::uint8_t { kSpecial, kWord, kContinuation, kIdeograph };
  struct Group {
    std::int32_t begin;
    std::int32_t end;
    double draw;
  };
  std::vector<Group> groups(std::span<const std::int32_t> ids, class TokenDraws& draws) const;
  std::int32_t group_end(std::span<const std::int32_t> ids, std::int32_t begin, class TokenDraws& draws) const;

  MaskingOptions options_;
  std::int32_t mask_;
  std::vector<Kind> kinds_;             // (V)
  std::vector<std::int32_t> ordinary_;  // ids that are not special
};

}  // namespace yupu::training
