// The 64-bit hash of a feature: FNV-1a over the bytes of what is added, low byte first, then the finaliser of
// MurmurHash3, so that every bit depends on every other.  Fowler, Noll, Vo 1991; Appleby 2011.  It stands in files
// (docs/formats/wide.md): it never changes.
// Threads  values.
#pragma once

#include <cstdint>

namespace yupu::text {

class FeatureHash {
 public:
  // Features of different kinds do not meet.
  explicit FeatureHash(std::uint64_t kind = 0) : state_(kBasis ^ kind) {}

  void add(char32_t code_point) { add_bytes(code_point, 3); }
  void add_hash(std::uint64_t hash) { add_bytes(hash, 8); }

  std::uint64_t finish() const {
    std::uint64_t h = state_;
    h = (h ^ (h >> 33)) * 0xff51afd7ed558ccd;
    h = (h ^ (h >> 33)) * 0xc4ceb9fe1a85ec53;
    return h ^ (h >> 33);
  }

 private:
  static constexpr std::uint64_t kBasis = 0xcbf29ce484222325;
  static constexpr std::uint64_t kPrime = 0x100000001b3;

  void add_bytes(std::uint64_t value, int count) {
    for (int shift = 0; shift < 8 * count; shift += 8) state_ = (state_ ^ ((value >> shift) & 0xff)) * kPrime;
  }

  std::uint64_t state_;
};

}  // namespace yupu::text
