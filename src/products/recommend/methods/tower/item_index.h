// The items whose vectors lie nearest to a user's, of many: every item is compared in 8 bits, the best of those again
// in full.
//   8 bits   the vectors as weights of a product in integers (engine/device/cpu/int8_gemm.h), a byte a number
//   in full  of the first kAgainTimes * count + kAgainMore by 8 bits, the dot product of the floats
// No graph: a new item is a row more, nothing is trained, and what is found does not hang on the order of adding.
// Errors   the list misses an item only where 8 bits rank it behind all of these; item_index_bench counts how often.
// Threads  immutable once made: any.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "products/recommend/methods/method.h"

namespace yupu::recommend {

class ItemIndex {
 public:
  static constexpr std::size_t kAgainTimes = 2, kAgainMore = 64;

  // `vectors` must outlive it; REQUIRES: a width above 0, finite numbers.
  explicit ItemIndex(const ItemVectors& vectors);
  ~ItemIndex();

  std::size_t size() const { return size_; }
  // Bytes it holds beside the vectors.
  std::size_t bytes() const;
  // The first `count` of the items that are `open` (1), best first, of equal ones the lower number.  REQUIRES: as many
  // marks as items, a query of their width.
  std::vector<Scored> nearest(std::span<const float> query, std::size_t count,
                              std::span<const std::uint8_t> open) const;

 private:
  struct Codes;
  ItemVectors vectors_;
  std::size_t size_;
  std::unique_ptr<Codes> codes_;  // null: no items
};

// The same by comparing every item in full: what the index is measured against.
std::vector<Scored> exact_nearest(const ItemVectors& vectors, std::span<const float> query, std::size_t count,
                                  std::span<const std::uint8_t> open);

}  // namespace yupu::recommend
