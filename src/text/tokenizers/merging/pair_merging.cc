#include "text/tokenizers/merging/pair_merging.h"

#include <algorithm>
#include <utility>

namespace yupu::text {
namespace {

std::uint64_t pair_of(std::int32_t left, std::int32_t right) {
  return (static_cast<std::uint64_t>(left) << 32) | static_cast<std::uint32_t>(right);
}
std::size_t left_of(std::uint64_t pair) { return pair >> 32; }
std::size_t right_of(std::uint64_t pair) { return pair & 0xFFFFFFFFU; }

void replace_pair(std::vector<std::int32_t>& symbols, std::int32_t left, std::int32_t right, std::int32_t made) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    const bool here = i + 1 < symbols.size() && symbols[i] == left && symbols[i + 1] == right;
    symbols[kept++] = here ? made : symbols[i];
    if (here) ++i;
  }
  symbols.resize(kept);
}

}  // namespace

bool PairMerging::Worse::operator()(const Candidate& a, const Candidate& b) const {
  if (a.count != b.count) return a.count < b.count;
  if (a.pair == b.pair) return false;
  const int left = (*pieces)[left_of(a.pair)].compare((*pieces)[left_of(b.pair)]);
  return left != 0 ? left > 0 : (*pieces)[right_of(a.pair)] > (*pieces)[right_of(b.pair)];
}

PairMerging::Symbol PairMerging::add(const std::string& piece) {
  const auto [entry, fresh] = symbols_.emplace(piece, static_cast<Symbol>(pieces_.size()));
  if (fresh) pieces_.push_back(piece);
  return entry->second;
}

std::optional<PairMerging::Symbol> PairMerging::find(const std::string& piece) const {
  const auto found = symbols_.find(piece);
  return found == symbols_.end() ? std::nullopt : std::optional(found->second);
}

void PairMerging::add_word(std::vector<Symbol> symbols, std::int64_t count) {
  if (symbols.size() > 1) words_.push_back({.symbols = std::move(symbols), .count = count});
}

// Adds (sign 1) or takes back (-1) the word's pairs; pairs with `made` in them are noted as changed.
void PairMerging::count_pairs(std::int32_t word_index, std::int64_t sign, Symbol made) {
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

void PairMerging::push(std::uint64_t pair, std::int64_t count) {
  if (count >= min_frequency_) heap_.push({.count = count, .pair = pair});
}

std::vector<PairMerging::Merge> PairMerging::run(std::size_t pieces_max) {
  for (std::size_t i = 0; i < words_.size(); ++i) count_pairs(static_cast<std::int32_t>(i), 1, kNoSymbol);
  for (const auto& [pair, info] : pairs_) push(pair, info.count);  // any order: the heap's order is total
  std::vector<Merge> merges;
  while (pieces_.size() < pieces_max && !heap_.empty()) {
    const Candidate best = heap_.top();
    heap_.pop();
    const auto found = pairs_.find(best.pair);
    if (found == pairs_.end()) continue;
    if (found->second.count != best.count) {
      // Risen counts were pushed when they rose; a fallen one waits again at its new place.
      if (found->second.count < best.count) push(best.pair, found->second.count);
      continue;
    }
    merges.push_back(
        {.left = static_cast<Symbol>(left_of(best.pair)), .right = static_cast<Symbol>(right_of(best.pair))});
    merge(best.pair, std::move(found->second.words));
  }
  return merges;
}

void PairMerging::merge(std::uint64_t pair, std::vector<std::int32_t> word_indices) {
  const auto left = static_cast<Symbol>(left_of(pair));
  const auto right = static_cast<Symbol>(right_of(pair));
  const Symbol made = add(join_(pieces_[left_of(pair)], pieces_[right_of(pair)]));
  changed_.clear();
  std::ranges::sort(word_indices);
  word_indices.erase(std::unique(word_indices.begin(), word_indices.end()), word_indices.end());
  for (const std::int32_t word_index : word_indices) {
    count_pairs(word_index, -1, kNoSymbol);
    replace_pair(words_[static_cast<std::size_t>(word_index)].symbols, left, right, made);
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

}  // namespace yupu::text
