// A WordPiece vocabulary for a corpus: the text is cut into words exactly as the tokenizer will cut it, each word into
// characters ("h ##e ##y"), and the most frequent neighbours are merged until the vocabulary is full (byte-pair
// encoding, Sennrich et al. 2016, arXiv:1508.07909, with ## for what continues a word: the way of HuggingFace's
// WordPieceTrainer).
//
// The result depends only on the multiset of the texts: ties go to the pair that is smaller as UTF-8 text, never to a
// hash order, so the same corpus gives the same bytes, in whatever order its lines come.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "text/tokenizers/merging/text_source.h"
#include "text/tokenizers/wordpiece/wordpiece.h"

namespace yupu::text {

struct TrainVocabularyOptions {
  std::int32_t vocab_size = 8000;    // most tokens, special ones included; a small corpus gives fewer
  std::int32_t min_frequency = 2;    // a pair seen less often is not merged
  std::int32_t alphabet_max = 6000;  // characters kept, the most frequent first (ties: lower code point)
  bool keep_ascii = true;  // every printable ASCII character has its pieces, seen or not: what somebody types tomorrow
  WordPieceOptions normalization = {};  // the settings the tokenizer will have; words it makes [UNK] are left out
};

// Order of the result: [PAD] [UNK] [CLS] [SEP] [MASK], the alphabet, its ## forms, then merges in the order made.
// Memory grows with the number of distinct words, not with the corpus.
// Outcomes  kInvalidArgument: a limit makes no sense, or the corpus has no word; errors of `source` are passed on.
Result<std::vector<std::string>> train_vocabulary(const TextSource& source, const TrainVocabularyOptions& options = {});
Result<std::vector<std::string>> train_vocabulary(std::span<const std::string> texts,
                                                  const TrainVocabularyOptions& options = {});

}  // namespace yupu::text
