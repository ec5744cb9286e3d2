// The merges of a byte-level BPE vocabulary, and one pre-token split by them.
// Of all neighbours the pair of lowest rank is merged first, the leftmost among equals; a heap finds it, so a
// pre-token of n bytes takes O(n log n).   Threads  const members: any.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace yupu::text {

class MergeTable {
 public:
  static constexpr std::int32_t kNone = -1;
  struct Piece {
    std::int32_t id;
    std::int32_t bytes;
  };

  // The id a byte begins with; kNone: the vocabulary has none and the byte is passed over, as the reference does.
  void set_byte(unsigned char byte, std::int32_t id) { bytes_.at(byte) = id; }
  // The next merge in rank.  False when the pair has a rank already.
  bool add(std::int32_t left, std::int32_t right, std::int32_t made);

  // The pieces of one pre-token, appended.
  class Scratch;
  void split(std::string_view bytes, Scratch& scratch, std::vector<Piece>& pieces) const;

 private:
  struct Merge {
    std::int32_t rank, made;
  };
  void offer(Scratch& scratch, std::int32_t at) const;
  const Merge* find(std::int32_t left, std::int32_t right) const;

  std::array<std::int32_t, 256> bytes_ = filled();
  std::unordered_map<std::uint64_t, Merge> merges_;

  static constexpr std::array<std::int32_t, 256> filled() {
    std::array<std::int32_t, 256> all{};
    for (std::int32_t& id : all) id = kNone;
    return all;
  }
};

// Memory of `split`, kept from one pre-token to the next.
class MergeTable::Scratch {
  friend class MergeTable;
  struct Part {
    std::int32_t id;
    std::int32_t bytes;  // 0: merged into the part before it
    std::int32_t before, after;
  };
  struct Candidate {
    std::int32_t rank, at, left, right;
  };
  std::vector<Part> parts_;
  std::vector<Candidate> heap_;
};

}  // namespace yupu::text
