// Cuts words into vocabulary pieces, longest match first, in time linear in the word.
//
// A double-array trie over bytes (Aoe 1989), so one step is one add, one load and one compare:
//   state s, byte b:   t = base[s] + b + 1;   the step exists when check[t] == s.   value[s] is the id that ends at s,
//   or -1.
// Two roots: pieces that begin a word, and pieces that go on ("##"), kept without their mark.
//
// Failure links (Song et al. 2021, arXiv:2012.15524, "LinMaxMatch"): where a state has no step for the next byte, the
// pieces that longest-match-first has certainly taken by then are known in advance, and so is the state in which the
// bytes left over stand.  No byte of a word is looked at again, however long the pieces that almost matched.
//   s spells a piece:   link[s] = the "##" root, pieces[s] = that piece
//   else, from its parent u by byte b: follow links from link[u] until there is a step for b, gathering their pieces;
//         link[s] = where that step leads, pieces[s] = pieces[u] and the gathered ones; -1 when there is none.
// Threads: any, once built.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace yupu::text {

class PieceTrie {
 public:
  // `vocabulary[i]` has id i. REQUIRES: no piece is empty; none occurs twice.
  explicit PieceTrie(std::span<const std::string> vocabulary);

  struct Piece {
    std::int32_t id;
    std::int32_t bytes;  // without the mark
    bool operator==(const Piece&) const = default;
  };
  // Appends the pieces of a word.  False: it cannot be cut to its end; what was appended is then meaningless.
  bool split(std::string_view word, std::vector<Piece>& pieces) const;
  // The same the obvious way, each longest match looked for from its beginning: what `split` is tested against.
  bool split_by_rescanning(std::string_view word, std::vector<Piece>& pieces) const;
  std::int32_t find(std::string_view whole_piece) const;  // the id of exactly this piece ("##" written out), or -1

 private:
  struct Node {
    std::int32_t base = 0;
    std::int32_t check = -1;
    std::int32_t value = -1;
  };
  struct Key {
    Key(std::string_view piece, std::int32_t piece_id);
    std::uint64_t beginning;  // the first eight bytes, most significant first: decides nearly every comparison
    std::string_view bytes;   // of the vocabulary
    std::int32_t id;
    bool operator<(const Key& other) const {
      return beginning != other.beginning ? beginning < other.beginning : bytes < other.bytes;
    }
  };
  struct Edge {
    std::int32_t parent;
    std::int32_t state;
    unsigned char label;
  };
  struct Link {
    std::int32_t state = -1;  // -1: the word cannot be cut
    std::int32_t first = 0;   // its pieces stand in pool_ from here on
    std::int32_t count = 0;
  };
  using Levels = std::vector<std::vector<Edge>>;  // by depth: nearer to the root first
  void build(std::int32_t state, std::span<const Key> keys, std::size_t depth, Levels& levels);
  void link(const Levels& levels);
  void link_state(const Edge& edge, std::size_t depth, std::vector<Piece>& gathered);
  std::span<const Piece> pieces_of(std::int32_t state) const {
    const Link& link = links_[static_cast<std::size_t>(state)];
    return {pool_.data() + link.first, static_cast<std::size_t>(link.count)};
  }
  std::int32_t find_base(std::span<const unsigned char> labels);
  std::int32_t step(std::int32_t state, unsigned char byte) const {
    const std::int32_t target = nodes_[state].base + byte + 1;
    return nodes_[target].check == state ? target : -1;
  }

  std::vector<Node> nodes_;  // always 257 longer than the largest base, so step() needs no bound check
  std::vector<Link> links_;  // one per node
  std::vector<Piece> pool_;
  std::size_t first_free_ = 2;
};

}  // namespace yupu::text
