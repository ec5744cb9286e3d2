#include "text/tokenizers/bpe/train.h"

#include <map>
#include <unordered_map>

#include "text/tokenizers/bpe/pretokens.h"
#include "text/tokenizers/merging/pair_merging.h"
#include "text/unicode.h"

namespace yupu::text {
namespace {

using PretokenCounts = std::map<std::string, std::int64_t>;  // sorted: the order of all that follows

Result<PretokenCounts> count_pretokens(const TextSource& source) {
  std::unordered_map<std::string, std::int64_t> counts;
  std::string text;
  while (true) {
    YUPU_ASSIGN_OR_RETURN(const bool more, source(text));
    if (!more) break;
    const std::string valid = replace_invalid_utf8(text).text;
    PretokenReader reader(valid, 0, valid.size());
    while (const auto span = reader.next()) ++counts[valid.substr(span->begin, span->end - span->begin)];
  }
  return PretokenCounts(counts.begin(), counts.end());
}

std::string joined(std::string_view left, std::string_view right) { return std::string(left) + std::string(right); }

}  // namespace

Result<BpeParts> train_bpe(const TextSource& source, const TrainBpeOptions& options) {
  constexpr std::int32_t kVocabSizeMin = 257;  // every byte and the end of a text
  constexpr std::int32_t kVocabSizeMax = 1 << 24;
  if (options.vocab_size < kVocabSizeMin || options.vocab_size > kVocabSizeMax) {
    return invalid_argument("vocab_size must be from 257 (every byte, and the end of a text) to 16777216, not " +
                                std::to_string(options.vocab_size),
                            "vocab_size");
  }
  if (options.min_frequency < 1) return invalid_argument("min_frequency must be 1 or more", "min_frequency");
  YUPU_ASSIGN_OR_RETURN(const PretokenCounts counts, count_pretokens(source));
  if (counts.empty()) return invalid_argument("train vocabulary: the corpus has no text in it");
  PairMerging merging(options.min_frequency, joined);
  merging.add(std::string(kEndOfText));
  const auto& characters = byte_characters();
  for (const unsigned char byte : byte_order()) merging.add(characters.at(byte));
  for (const auto& [pretoken, count] : counts) {
    std::vector<PairMerging::Symbol> symbols;
    for (const char byte : pretoken) symbols.push_back(*merging.find(characters[static_cast<unsigned char>(byte)]));
    merging.add_word(std::move(symbols), count);
  }
  BpeParts parts;
  for (const PairMerging::Merge& merge : merging.run(static_cast<std::size_t>(options.vocab_size))) {
    parts.merges.emplace_back(merging.pieces()[static_cast<std::size_t>(merge.left)],
                              merging.pieces()[static_cast<std::size_t>(merge.right)]);
  }
  parts.vocabulary = merging.pieces();
  return parts;
}

}  // namespace yupu::text
