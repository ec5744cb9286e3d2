// A byte-level BPE vocabulary for a corpus: texts are cut into pre-tokens exactly as the tokenizer will cut them, and
// the most frequent neighbours are merged until the vocabulary is full (merging/pair_merging.h).  Any language: what
// has no merges is bytes.
// The result depends only on the multiset of the texts: ties go to the pair that is smaller as text.
#pragma once

#include <cstdint>

#include "base/status.h"
#include "text/tokenizers/bpe/bpe.h"
#include "text/tokenizers/merging/text_source.h"

namespace yupu::text {

struct TrainBpeOptions {
  std::int32_t vocab_size = 8000;  // most tokens; a small corpus gives fewer
  std::int32_t min_frequency = 2;  // a pair seen less often is not merged
};

// Order of the vocabulary: <|endoftext|>, the 256 bytes, then merges in the order made.
// Memory grows with the number of distinct pre-tokens, not with the corpus.
// Outcomes  kInvalidArgument: a limit makes no sense, or the corpus has no text; errors of `source` are passed on.
Result<BpeParts> train_bpe(const TextSource& source, const TrainBpeOptions& options = {});

}  // namespace yupu::text
