#include "text/tokenizers/wordpiece/train.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "text/tokenizers/merging/pair_merging.h"
#include "text/tokenizers/wordpiece/words.h"
#include "text/unicode.h"

namespace yupu::text {
namespace {

constexpr std::string_view kSpecials[] = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};

using WordCounts = std::map<std::string, std::int64_t>;  // sorted: the order of all that follows

Result<WordCounts> count_words(const TextSource& source, const WordPieceOptions& options) {
  std::unordered_map<std::string, std::int64_t> counts;
  std::string line;
  Word word;
  while (true) {
    YUPU_ASSIGN_OR_RETURN(const bool more, source(line));
    if (!more) break;
    WordReader reader(line, 0, line.size(), 0, OffsetUnit::kCodePoints, options);
    while (reader.next(word)) {
      if (word.char_count <= options.word_chars_max) ++counts[word.bytes];
    }
  }
  return WordCounts(counts.begin(), counts.end());
}

struct Alphabet {
  std::vector<char32_t> starting;    // every character kept, by code point
  std::vector<char32_t> continuing;  // those that are also seen inside a word
};

// Keeps as many characters, most frequent first, as fit into `pieces_max` pieces and the option's limit.
Alphabet choose_alphabet(const WordCounts& words, const TrainVocabularyOptions& options, std::size_t pieces_max) {
  struct Seen {
    std::int64_t count = 0;
    bool inside = false;
  };
  std::map<char32_t, Seen> seen;
  for (const auto& [word, count] : words) {
    bool inside = false;
    for (const char32_t character : decode_utf8(word).code_points) {
      Seen& entry = seen[character];
      entry.count += count;
      entry.inside = entry.inside || inside;
      inside = true;
    }
  }
  if (options.keep_ascii) {
    for (char32_t c = '!'; c <= '~'; ++c) {
      const bool upper = c >= 'A' && c <= 'Z';
      if (upper && options.normalization.lower_case) continue;
      const bool inside = upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      Seen& entry = seen[c];
      entry.inside = entry.inside || inside;
    }
  }
  std::vector<std::pair<char32_t, Seen>> ranked(seen.begin(), seen.end());
  std::ranges::stable_sort(ranked, std::ranges::greater{}, [](const auto& entry) { return entry.second.count; });
  Alphabet alphabet;
  std::size_t pieces = 0;
  for (const auto& [character, entry] : ranked) {
    pieces += entry.inside ? 2 : 1;
    if (pieces > pieces_max || alphabet.starting.size() >= static_cast<std::size_t>(options.alphabet_max)) break;
    alphabet.starting.push_back(character);
    if (entry.inside) alphabet.continuing.push_back(character);
  }
  std::ranges::sort(alphabet.starting);
  std::ranges::sort(alphabet.continuing);
  return alphabet;
}

// A word with a character outside the alphabet will be [UNK] whatever is merged: it takes no part.
void add_word(PairMerging& merging, const std::string& word, std::int64_t count) {
  std::vector<PairMerging::Symbol> symbols;
  for (const char32_t character : decode_utf8(word).code_points) {
    const std::string text = encode_utf8({&character, 1});
    const auto found = merging.find(symbols.empty() ? text : "##" + text);
    if (!found) return;
    symbols.push_back(*found);
  }
  merging.add_word(std::move(symbols), count);
}

// The right one continues a word, so it begins "##".
std::string joined(std::string_view left, std::string_view right) {
  return std::string(left) + std::string(right.substr(2));
}

std::vector<std::string> train(const WordCounts& words, const TrainVocabularyOptions& options) {
  PairMerging merging(options.min_frequency, joined);
  for (const std::string_view special : kSpecials) merging.add(std::string(special));
  const auto pieces_max = static_cast<std::size_t>(options.vocab_size);
  const Alphabet alphabet = choose_alphabet(words, options, pieces_max - merging.pieces().size());
  for (const char32_t character : alphabet.starting) merging.add(encode_utf8({&character, 1}));
  for (const char32_t character : alphabet.continuing) merging.add("##" + encode_utf8({&character, 1}));
  for (const auto& [word, count] : words) add_word(merging, word, count);
  merging.run(pieces_max);
  return merging.pieces();
}

}  // namespace

Result<std::vector<std::string>> train_vocabulary(const TextSource& source, const TrainVocabularyOptions& options) {
  constexpr std::int32_t kVocabSizeMin = 32;
  constexpr std::int32_t kVocabSizeMax = 1 << 24;
  if (options.vocab_size < kVocabSizeMin || options.vocab_size > kVocabSizeMax) {
    return invalid_argument("vocab_size must be from 32 to 16777216, not " + std::to_string(options.vocab_size),
                            "vocab_size");
  }
  if (options.min_frequency < 1) return invalid_argument("min_frequency must be 1 or more", "min_frequency");
  if (options.alphabet_max < 1) return invalid_argument("alphabet_max must be 1 or more", "alphabet_max");
  YUPU_ASSIGN_OR_RETURN(const WordCounts words, count_words(source, options.normalization));
  if (words.empty()) return invalid_argument("train vocabulary: the corpus has no word in it");
  return train(words, options);
}

Result<std::vector<std::string>> train_vocabulary(std::span<const std::string> texts,
                                                  const TrainVocabularyOptions& options) {
  return train_vocabulary(source_of(texts), options);
}

}  // namespace yupu::text
