// Words are counted once; then merges run on distinct words. Each pair of neighbours knows its count and the words it
// stands in, and a heap hands out the most frequent pair. A heap entry may be stale (counts only fall while it waits):
// it is compared with the live count when popped and put back corrected, so a merge touches only the words it changes.
#include "text/tokenizers/wordpiece/train.h"

#include <algorithm>
#include <map>
#include <queue>
#include <unordered_map>
#include <utility>

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

class Trainer {
 public:
  explicit Trainer(const TrainVocabularyOptions& options) : options_(options) {}

  std::vector<std::string> train(const WordCounts& words) {
    for (const std::string_view special : kSpecials) add(std::string(special));
    const std::size_t pieces_max = static_cast<std::size_t>(options_.vocab_size) - pieces_.size();
    const Alphabet alphabet = choose_alphabet(words, options_, pieces_max);
    for (const char32_t character : alphabet.starting) add(encode_utf8({&character, 1}));
    for (const char32_t character : alphabet.continuing) add("##" + encode_utf8({&character, 1}));
    for (const auto& [word, count] : words) split(word, count);
    for (std::size_t i = 0; i < words_.size(); ++i) count_pairs(static_cast<std::int32_t>(i), 1, kNoSymbol);
    for (const auto& [pair, info] : pairs_) push(pair, info.count);  // any order: the heap's order is total
    merge_until_full();
    return std::move(pieces_);
  }

 private:
  using Symbol = std::int32_t;
  static constexpr Symbol kNoSymbol = -1;
  struct CountedWord {
    std::vector<Symbol> symbols;
    std::int64_t count;
  };
  struct PairInfo {
    std::int64_t count = 0;
    std::vector<std::int32_t> words;  // where it stood when it was made; a word may have lost it since
  };
  struct Candidate {
    std::int64_t count;
    std::uint64_t pair;
  };
  struct Worse {
    const std::vector<std::string>* pieces;
    bool operator()(const Candidate& a, const Candidate& b) const {
      if (a.count != b.count) return a.count < b.count;
      if (a.pair == b.pair) return false;
      const int left = (*pieces)[left_of(a.pair)].compare((*pieces)[left_of(b.pair)]);
      return left != 0 ? left > 0 : (*pieces)[right_of(a.pair)] > (*pieces)[right_of(b.pair)];
    }
  };

  static std::uint64_t pair_of(Symbol left, Symbol right) {
    return (static_cast<std::uint64_t>(left) << 32) | static_cast<std::uint32_t>(right);
  }
  static std::size_t left_of(std::uint64_t pair) { return pair >> 32; }
  static std::size_t right_of(std::uint64_t pair) { return pair & 0xFFFFFFFFU; }

  Symbol add(const std::string& piece) {
    const auto [entry, fresh] = symbols_.emplace(piece, static_cast<Symbol>(pieces_.size()));
    if (fresh) pieces_.push_back(piece);
    return entry->second;
  }

  // A word with a character outside the alphabet will be [UNK] whatever is merged: it takes no part.
  void split(const std::string& word, std::int64_t count) {
    CountedWord counted{.symbols = {}, .count = count};
    for (const char32_t character : decode_utf8(word).code_points) {
      const std::string text = encode_utf8({&character, 1});
      const auto found = symbols_.find(counted.symbols.empty() ? text : "##" + text);
      if (found == symbols_.end()) return;
      counted.symbols.push_back(found->second);
    }
    if (counted.symbols.size() > 1) words_.push_back(std::move(counted));
  }

  // Adds (sign 1) or takes back (-1) the word's pairs; pairs with `made` in them are noted as changed.
  void count_pairs(std::int32_t word_index, std::int64_t sign, Symbol made) {
    const CountedWord& word = words_[static_cast<std::size_t>(word_index)];
    for (std::size_t i = 0; i + 1 < word.symbols.size(); ++i) {
      const Symbol left = word.symbols[i];
      const Symbol right = word.symbols[i + 1];
      PairInfo& info = pairs_[pair_of(left, right)];
      info.count += sign * word.count;
      if (sign < 0 || (made != kNoSymbol && left != made && right != made)) continue;
      if (info.words.empty() || info.words.back() != word_index) info.words.push_back(word_index);
      if (made != kNoSymbol) changed_.push_back(pair_of(left, right));
    }
  }

  void push(std::uint64_t pair, std::int64_t count) {
    if (count >= options_.min_frequency) heap_.push({.count = count, .pair = pair});
  }

  void merge_until_full() {
    while (pieces_.size() < static_cast<std::size_t>(options_.vocab_size) && !heap_.empty()) {
      const Candidate best = heap_.top();
      heap_.pop();
      const auto found = pairs_.find(best.pair);
      if (found == pairs_.end()) continue;
      if (found->second.count != best.count) {
        // Risen counts were pushed when they rose; a fallen one waits again at its new place.
        if (found->second.count < best.count) push(best.pair, found->second.count);
        continue;
      }
      merge(best.pair, std::move(found->second.words));
    }
  }

  void merge(std::uint64_t pair, std::vector<std::int32_t> word_indices) {
    const auto left = static_cast<Symbol>(left_of(pair));
    const auto right = static_cast<Symbol>(right_of(pair));
    const Symbol made = add(pieces_[left_of(pair)] + pieces_[right_of(pair)].substr(2));  // the right one begins "##"
    changed_.clear();
    std::ranges::sort(word_indices);
    word_indices.erase(std::unique(word_indices.begin(), word_indices.end()), word_indices.end());
    for (const std::int32_t word_index : word_indices) {
      count_pairs(word_index, -1, kNoSymbol);
      join(words_[static_cast<std::size_t>(word_index)].symbols, left, right, made);
      count_pairs(word_index, 1, made);
    }
    pairs_.erase(pair);
    std::ranges::sort(changed_);
    changed_.erase(std::unique(changed_.begin(), changed_.end()), changed_.end());
    for (const std::uint64_t changed : changed_) {
      const auto found = pairs_.find(changed);
      if (found != pairs_.end()) push(changed, found->second.count);
    }
  }

  static void join(std::vector<Symbol>& symbols, Symbol left, Symbol right, Symbol made) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < symbols.size(); ++i) {
      const bool here = i + 1 < symbols.size() && symbols[i] == left && symbols[i + 1] == right;
      symbols[kept++] = here ? made : symbols[i];
      if (here) ++i;
    }
    symbols.resize(kept);
  }

  const TrainVocabularyOptions& options_;
  std::vector<std::string> pieces_;
  std::unordered_map<std::string, Symbol> symbols_;
  std::vector<CountedWord> words_;
  std::unordered_map<std::uint64_t, PairInfo> pairs_;
  std::vector<std::uint64_t> changed_;
  std::priority_queue<Candidate, std::vector<Candidate>, Worse> heap_{Worse{&pieces_}};
};

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
  return Trainer(options).train(words);
}

Result<std::vector<std::string>> train_vocabulary(std::span<const std::string> texts,
                                                  const TrainVocabularyOptions& options) {
  std::size_t next = 0;
  const TextSource source = [&texts, &next](std::string& line) -> Result<bool> {
    if (next == texts.size()) return false;
    line = texts[next++];
    return true;
  };
  return train_vocabulary(source, options);
}

}  // namespace yupu::text
