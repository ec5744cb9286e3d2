#include "text/tokenizers/wordpiece/piece_trie.h"

#include <algorithm>

namespace yupu::text {
namespace {
constexpr std::int32_t kWordRoot = 0;
constexpr std::int32_t kContinuationRoot = 1;
constexpr std::string_view kContinuationMark = "##";
constexpr std::size_t kAlphabet = 257;  // 256 bytes, shifted by one
}  // namespace

PieceTrie::Key::Key(std::string_view piece, std::int32_t piece_id) : beginning(0), bytes(piece), id(piece_id) {
  for (std::size_t i = 0; i < sizeof(beginning); ++i) {
    beginning = beginning << 8 | (i < piece.size() ? static_cast<unsigned char>(piece[i]) : 0u);
  }
}

PieceTrie::PieceTrie(std::span<const std::string> vocabulary) {
  std::vector<Key> words;
  words.reserve(vocabulary.size());
  std::vector<Key> continuations;
  for (std::size_t id = 0; id < vocabulary.size(); ++id) {
    const std::string_view piece = vocabulary[id];
    words.emplace_back(piece, static_cast<std::int32_t>(id));
    if (piece.size() > kContinuationMark.size() && piece.starts_with(kContinuationMark)) {
      continuations.emplace_back(piece.substr(kContinuationMark.size()), static_cast<std::int32_t>(id));
    }
  }
  std::sort(words.begin(), words.end());
  std::sort(continuations.begin(), continuations.end());
  nodes_.resize(2 + 2 * kAlphabet);
  nodes_[kWordRoot].check = kWordRoot;
  nodes_[kContinuationRoot].check = kContinuationRoot;
  Levels levels;
  build(kWordRoot, words, 0, levels);
  build(kContinuationRoot, continuations, 0, levels);
  link(levels);
}

// `keys` are sorted and share their first `depth` bytes. Depth of recursion = longest piece, which make_wordpiece
// bounds.
void PieceTrie::build(std::int32_t state, std::span<const Key> keys, std::size_t depth, Levels& levels) {
  if (!keys.empty() && keys.front().bytes.size() == depth) {
    nodes_[state].value = keys.front().id;
    keys = keys.subspan(1);
  }
  const auto byte_of = [depth](const Key& key) { return static_cast<unsigned char>(key.bytes[depth]); };
  std::vector<unsigned char> labels;
  for (const Key& key : keys) {
    if (labels.empty() || labels.back() != byte_of(key)) labels.push_back(byte_of(key));
  }
  // A leaf's base leads to cells 1..256, none of which is ever checked by it: its index + 1 cannot be a `check` there.
  if (labels.empty()) return;
  const std::int32_t base = find_base(labels);
  nodes_[state].base = base;
  if (levels.size() <= depth) levels.resize(depth + 1);
  for (const unsigned char label : labels) {
    nodes_[base + label + 1].check = state;
    levels[depth].push_back({.parent = state, .state = base + label + 1, .label = label});
  }
  for (std::size_t begin = 0; begin < keys.size();) {
    std::size_t end = begin;
    while (end < keys.size() && byte_of(keys[end]) == byte_of(keys[begin])) ++end;
    build(base + byte_of(keys[begin]) + 1, keys.subspan(begin, end - begin), depth + 1, levels);
    begin = end;
  }
}

// The lowest base whose cells for all labels are free (first fit).
std::int32_t PieceTrie::find_base(std::span<const unsigned char> labels) {
  while (first_free_ < nodes_.size() && nodes_[first_free_].check >= 0) ++first_free_;
  const auto lowest = static_cast<std::size_t>(labels.front()) + 1;
  std::size_t steps = 0;
  for (std::size_t cell = std::max(first_free_, lowest + 1);; ++cell) {
    // A crowded stretch is given up for good: without this, first fit is quadratic once the array is nearly full.
    if (++steps == 1024) first_free_ = cell;
    if (cell + kAlphabet >= nodes_.size()) nodes_.resize(nodes_.size() + nodes_.size() / 2 + kAlphabet);
    if (nodes_[cell].check >= 0) continue;
    const std::size_t base = cell - lowest;
    const bool fits =
        std::ranges::all_of(labels, [&](unsigned char label) { return nodes_[base + label + 1].check < 0; });
    if (fits) return static_cast<std::int32_t>(base);
  }
}

void PieceTrie::link(const Levels& levels) {
  links_.resize(nodes_.size());
  std::vector<Piece> gathered;
  for (std::size_t depth = 0; depth < levels.size(); ++depth) {
    for (const Edge& edge : levels[depth]) link_state(edge, depth + 1, gathered);
  }
}

void PieceTrie::link_state(const Edge& edge, std::size_t depth, std::vector<Piece>& gathered) {
  Link& link = links_[static_cast<std::size_t>(edge.state)];
  link.first = static_cast<std::int32_t>(pool_.size());
  if (const std::int32_t id = nodes_[edge.state].value; id >= 0) {
    link.state = kContinuationRoot;
    link.count = 1;
    pool_.push_back({.id = id, .bytes = static_cast<std::int32_t>(depth)});
    return;
  }
  // Gathered aside: pool_ may move while it grows.
  const auto gather = [&](std::int32_t state) {
    const std::span<const Piece> pieces = pieces_of(state);
    gathered.insert(gathered.end(), pieces.begin(), pieces.end());
  };
  gathered.clear();
  gather(edge.parent);
  std::int32_t from = links_[static_cast<std::size_t>(edge.parent)].state;
  while (from >= 0 && step(from, edge.label) < 0) {
    gather(from);
    from = links_[static_cast<std::size_t>(from)].state;
  }
  if (from < 0) return;
  link.state = step(from, edge.label);
  link.count = static_cast<std::int32_t>(gathered.size());
  pool_.insert(pool_.end(), gathered.begin(), gathered.end());
}

bool PieceTrie::split(std::string_view word, std::vector<Piece>& pieces) const {
  std::int32_t state = kWordRoot;
  const auto follow_link = [&] {
    const std::span<const Piece> taken = pieces_of(state);
    pieces.insert(pieces.end(), taken.begin(), taken.end());
    state = links_[static_cast<std::size_t>(state)].state;
    return state >= 0;
  };
  for (const char byte : word) {
    std::int32_t next = step(state, static_cast<unsigned char>(byte));
    while (next < 0) {
      if (!follow_link()) return false;
      next = step(state, static_cast<unsigned char>(byte));
    }
    state = next;
  }
  // The end of the word is a byte no state has a step for; only at the "##" root is nothing left over.
  while (state != kContinuationRoot) {
    if (state == kWordRoot) return word.empty();
    if (!follow_link()) return false;
  }
  return true;
}

bool PieceTrie::split_by_rescanning(std::string_view word, std::vector<Piece>& pieces) const {
  for (std::size_t begin = 0; begin < word.size();) {
    Piece longest{.id = -1, .bytes = 0};
    std::int32_t state = begin == 0 ? kWordRoot : kContinuationRoot;
    for (std::size_t i = begin; i < word.size() && state >= 0; ++i) {
      state = step(state, static_cast<unsigned char>(word[i]));
      if (state < 0) break;
      if (nodes_[state].value >= 0) {
        longest = {.id = nodes_[state].value, .bytes = static_cast<std::int32_t>(i + 1 - begin)};
      }
    }
    if (longest.id < 0) return false;
    pieces.push_back(longest);
    begin += static_cast<std::size_t>(longest.bytes);
  }
  return true;
}

std::int32_t PieceTrie::find(std::string_view whole_piece) const {
  std::int32_t state = kWordRoot;
  for (const char byte : whole_piece) {
    state = step(state, static_cast<unsigned char>(byte));
    if (state < 0) return -1;
  }
  return nodes_[state].value;
}

}  // namespace yupu::text
