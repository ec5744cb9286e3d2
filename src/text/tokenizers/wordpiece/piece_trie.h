// Longest-match look-up of vocabulary pieces: a double-array trie over bytes (Aoe 1989), so one step is one add, one
// load and one compare.
//
//   state s, byte b:   t = base[s] + b + 1;   the step exists when check[t] == s.   value[s] is the id that ends at s,
//   or -1.
//
// Two roots: pieces that begin a word, and pieces that go on ("##"), kept without their mark.
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

  struct Match {
    std::int32_t id = -1;  // -1: no piece begins here
    std::size_t end = 0;   // one past its last byte
  };
  // The longest piece that begins at `begin`; at 0 one that begins a word, else one that goes on.
  Match longest(std::string_view word, std::size_t begin) const;
  std::int32_t find(std::string_view whole_piece) const;  // the id of exactly this piece ("##" written out), or -1

 private:
  struct Node {
    std::int32_t base = 0;
    std::int32_t check = -1;
    std::int32_t value = -1;
  };
  struct Key {
    std::string bytes;
    std::int32_t id;
  };
  void build(std::int32_t state, std::span<const Key> keys, std::size_t depth);
  std::int32_t find_base(std::span<const unsigned char> labels);
  std::int32_t step(std::int32_t state, unsigned char byte) const {
    const std::int32_t target = nodes_[state].base + byte + 1;
    return nodes_[target].check == state ? target : -1;
  }

  std::vector<Node> nodes_;  // always 257 longer than the largest base, so step() needs no bound check
  std::size_t first_free_ = 2;
};

}  // namespace yupu::text
