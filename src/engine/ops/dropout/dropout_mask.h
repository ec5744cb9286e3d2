// The random bits of dropout, shared by every op that drops.  Internal to engine/ops.
//
// Philox4x32-10 (base/rng.h) with
//   key      64 bits mixed from (seed, step, site)
//   counter  { sample low, sample high, row, group * 16 + block }
// gives 4 words = 8 half-words.  Elements are numbered along a row in groups of 128: element e of group g takes
//   block = e % 16,  half-word = e / 16  (word = half-word / 2, low half first)
// so that a vector of blocks yields contiguous elements, whatever the width of the vector.
// An element is dropped when its half-word < threshold = round(p * 65536).
#pragma once

#include <cstdint>

#include "engine/ops/dropout/dropout.h"

namespace yupu::engine {

inline constexpr std::int64_t kDropoutGroup = 128;

struct DropoutStream {
  std::uint32_t key0 = 0, key1 = 0;
  std::uint32_t threshold = 0;  // of 65536
  float keep_factor = 1.0f;     // 65536 / (65536 - threshold)
};

// CHECKs 0 <= probability < 1.
DropoutStream dropout_stream(const Dropout& dropout);
inline bool is_active(const DropoutStream& stream) { return stream.threshold > 0; }

// factors[i] = 0 or keep_factor for element first_group*128 + i of the row, i < group_count*128.
void dropout_factors(const DropoutStream& stream, std::uint64_t sample, std::uint32_t row, std::int64_t first_group,
                     std::int64_t group_count, float* factors);

// Groups that cover a row of `columns` elements.
inline std::int64_t dropout_groups(std::int64_t columns) { return (columns + kDropoutGroup - 1) / kDropoutGroup; }

}  // namespace yupu::engine
