// AMX: an f32 product as six bf16 products of tiles.  Four tiles of sums, two of each operand, as in
// bf16_kernel_amx.cc; from one product to the next one operand's tiles change.
#include "engine/device/cpu/gemm_kernel.h"
#include "engine/device/cpu/split_kernel.h"

#if defined(__x86_64__)
#include "engine/device/cpu/amx.h"
#include "engine/device/cpu/bf16_pack_x86-inl.h"

namespace yupu::engine {
namespace {

static_assert(kSplitPanelColumns == 2 * kTileRows && kSplitPairUnit == kTileRows && kSplitRowUnit == kTileRows);
constexpr std::int64_t kLaneRowBytes = 2 * kTileBytes;
constexpr std::int64_t kBlockPartBytes = kTileRows * kLaneRowBytes;
constexpr std::int64_t kPartLanes = kSplitPairUnit * kSplitPanelColumns;
constexpr std::int64_t kBlockLanes = kSplitParts * kPartLanes;

inline void ask_ahead(SplitAhead& ahead) {
  constexpr std::int64_t kLineBytes = 64;
  for (std::int64_t i = ahead.per_block; i > 0 && ahead.lines > 0; --i, --ahead.lines) {
    __builtin_prefetch(ahead.row + ahead.column, 0, 2);  // to L2: L1 is full
    ahead.column += kLineBytes;
    if (ahead.column >= ahead.row_bytes) {
      ahead.column = 0;
      ahead.row += ahead.stride;
    }
  }
}

// Two rows of f32 to a row of pairs, and what that leaves of them.
YUPU_AVX512_BF16 inline __m512i take_pair(__m512& even, __m512& odd, __m512i order) {
  const __m512i pair = bf16_pair_up(even, odd, order);
  even = _mm512_sub_ps(even, _mm512_castsi512_ps(_mm512_slli_epi32(pair, 16)));
  odd =
      _mm512_sub_ps(odd, _mm512_castsi512_ps(_mm512_and_si512(pair, _mm512_set1_epi32(static_cast<int>(0xffff0000u)))));
  return pair;
}

// The same of 32 neighbours in depth, which are 16 pairs as they lie.
YUPU_AVX512_BF16 inline __m512i take_along(__m512& front, __m512& back) {
  const auto both = reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(back, front));
  const __m512i low = _mm512_cvtepu16_epi32(_mm512_castsi512_si256(both));
  const __m512i high = _mm512_cvtepu16_epi32(_mm512_extracti64x4_epi64(both, 1));
  front = _mm512_sub_ps(front, _mm512_castsi512_ps(_mm512_slli_epi32(low, 16)));
  back = _mm512_sub_ps(back, _mm512_castsi512_ps(_mm512_slli_epi32(high, 16)));
  return both;
}

// Up to 16 rows of neighbours in depth, 32 depths from k on: rows[r] are the pairs of row r, part by part.
struct SplitBlock {
  __m512i part[kSplitParts][kBf16Lanes];
};
YUPU_AVX512_BF16 inline void split_along(const Bf16Source& s, std::int64_t first, std::int64_t k, SplitBlock& block) {
  const __mmask16 low = bf16_head_mask(s.depth - k), high = bf16_head_mask(s.depth - k - kBf16Lanes);
  for (std::int64_t r = 0; r < kBf16Lanes; ++r) {
    const bool present = first + r < s.valid;
    const float* row = s.data + (first + (present ? r : 0)) * s.stride + k;
    __m512 front = _mm512_maskz_loadu_ps(present ? low : __mmask16{0}, row);
    __m512 back = _mm512_maskz_loadu_ps(present ? high : __mmask16{0}, row + kBf16Lanes);
#pragma GCC unroll 3
    for (auto& part : block.part) part[r] = take_along(front, back);
  }
}

// Depths k + 2p and k + 2p + 1 of 16 neighbours in memory from `first` on: their pairs, part by part.
YUPU_AVX512_BF16 inline void split_pair(const Bf16Source& s, std::int64_t first, std::int64_t k, std::int64_t p,
                                        __m512i order, std::uint32_t* packed, std::int64_t part_lanes) {
  const float* const row = s.data + (k + 2 * p) * s.stride + first;
  const std::int64_t left = s.depth - k - 2 * p;
  const __mmask16 read = bf16_head_mask(s.valid - first);
  __m512 even = _mm512_maskz_loadu_ps(left > 0 ? read : __mmask16{0}, row);
  __m512 odd = _mm512_maskz_loadu_ps(left > 1 ? read : __mmask16{0}, row + s.stride);
#pragma GCC unroll 3
  for (std::int64_t part = 0; part < kSplitParts; ++part) {
    _mm512_storeu_si512(packed + part * part_lanes, take_pair(even, odd, order));
  }
}

// The same of 32 depths, as a block of rows: its pairs stand one behind the other until they are transposed.
YUPU_AVX512_BF16 inline void split_across(const Bf16Source& s, std::int64_t first, std::int64_t k, __m512i order,
                                          SplitBlock& block) {
  auto* const packed = reinterpret_cast<std::uint32_t*>(block.part);
  for (std::int64_t p = 0; p < kBf16Lanes; ++p)
    split_pair(s, first, k, p, order, packed + p * kBf16Lanes, kBf16Lanes * kBf16Lanes);
}

// How B comes to a kernel: as parts; or to be taken apart, from a packed operand (whose panels lie behind each other),
// from rows of a matrix that are depths, or from rows that are columns.
enum class From { kParts, kPacked, kDepths, kColumns };

// Pairs [kBegin, kEnd) of a block of B, whose neighbours in memory are columns.
template <From kFrom, std::int64_t kBegin, std::int64_t kEnd>
YUPU_AVX512_BF16 inline void split_pairs(const Bf16Source& s, std::int64_t k, __m512i order, std::uint32_t* packed) {
#pragma GCC unroll 4
  for (std::int64_t p = kBegin; p < kEnd; ++p) {
#pragma GCC unroll 2
    for (std::int64_t first = 0; first < kSplitPanelColumns; first += kBf16Lanes) {
      if constexpr (kFrom == From::kPacked) {
        const float* const row = s.data + (k + 2 * p) * s.stride + first;
        __builtin_prefetch(reinterpret_cast<const char*>(row) + kGemmAheadBytes, 0, 2);
        __builtin_prefetch(reinterpret_cast<const char*>(row + s.stride) + kGemmAheadBytes, 0, 2);
      }
      split_pair(s, first, k, p, order, packed + p * kSplitPanelColumns + first, kPartLanes);
    }
  }
}

// A sixth of a block of B, 32 depths from k on: so much fills the time for which one product of tiles waits for the one
// before it.  `along`: what one sixth leaves for the next two.
constexpr std::int64_t kSixths = 6;
template <From kFrom, std::int64_t kSixth>
YUPU_AVX512_BF16 inline void split_sixth(const Bf16Source& s, std::int64_t k, __m512i order, std::uint32_t* packed,
                                         SplitBlock& along) {
  if constexpr (kFrom == From::kColumns) {
    constexpr std::int64_t kHalf = kSixth / 3, kFirst = kHalf * kBf16Lanes;
    if constexpr (kSixth % 3 == 0) {
      split_along(s, kFirst, k, along);
    } else {
      constexpr std::int64_t kFirstPart = kSixth % 3 == 1 ? 0 : 2, kLastPart = kSixth % 3 == 1 ? 1 : 2;
      for (std::int64_t part = kFirstPart; part <= kLastPart; ++part) {
        bf16_transpose(along.part[part]);
        std::uint32_t* const to = packed + part * kPartLanes + kFirst;
        for (std::int64_t r = 0; r < kBf16Lanes; ++r)
          _mm512_storeu_si512(to + r * kSplitPanelColumns, along.part[part][r]);
      }
    }
  } else {
    split_pairs<kFrom, kSixth * kSplitPairUnit / kSixths, (kSixth + 1) * kSplitPairUnit / kSixths>(s, k, order, packed);
  }
}

#define YUPU_SPLIT_A(p)                     \
  _tile_loadd(4, a + (p)*a_part, a_stride); \
  if constexpr (kTwo) _tile_loadd(5, a + (p)*a_part + a_lower, a_stride);
#define YUPU_SPLIT_B(p)                                   \
  _tile_loadd(6, b + (p)*kBlockPartBytes, kLaneRowBytes); \
  _tile_loadd(7, b + (p)*kBlockPartBytes + kTileBytes, kLaneRowBytes);
#define YUPU_SPLIT_NEXT(sixth)                                                   \
  if constexpr (kApart) {                                                        \
    if (more) split_sixth<kFrom, sixth>(tile.apart, next_k, order, next, along); \
  }
#define YUPU_SPLIT_PRODUCT   \
  _tile_dpbf16ps(0, 4, 6);   \
  _tile_dpbf16ps(1, 4, 7);   \
  if constexpr (kTwo) {      \
    _tile_dpbf16ps(2, 5, 6); \
    _tile_dpbf16ps(3, 5, 7); \
  }

// c (kTwo ? 32 : 16 rows of 32), rows `stride` bytes apart.  What is to be taken apart is so a block at a time, between
// the products of the block before: of these, each waits for the one before it, and the units that take apart stand
// idle.
template <bool kTwo, From kFrom>
__attribute__((target("amx-tile,amx-bf16,avx512f,avx512bw,avx512vl,avx512bf16"))) void multiply(
    const SplitTile& tile, float* c_data, std::int64_t stride, bool add, SplitAhead& ahead) {
  constexpr bool kApart = kFrom != From::kParts;
  const std::int64_t a_stride = tile.pairs * 4, a_lower = kTileRows * a_stride;
  const std::int64_t a_part = tile.a_part * 4;
  const std::int64_t blocks = tile.pairs / kTileRows;
  const auto* a = reinterpret_cast<const char*>(tile.a);
  const auto* b = reinterpret_cast<const char*>(tile.b);
  auto* const c = reinterpret_cast<char*>(c_data);
  [[maybe_unused]] const __m512i order = kApart ? bf16_pair_order() : __m512i{};
  [[maybe_unused]] alignas(64) std::uint32_t ring[2][kApart ? kBlockLanes : 1];
  [[maybe_unused]] const auto room = [&](std::int64_t block) {
    return tile.keep != nullptr ? tile.keep + block * kBlockLanes : ring[block % 2];
  };
  [[maybe_unused]] SplitBlock along;
  if constexpr (kApart) {
    split_sixth<kFrom, 0>(tile.apart, 0, order, room(0), along);
    split_sixth<kFrom, 1>(tile.apart, 0, order, room(0), along);
    split_sixth<kFrom, 2>(tile.apart, 0, order, room(0), along);
    split_sixth<kFrom, 3>(tile.apart, 0, order, room(0), along);
    split_sixth<kFrom, 4>(tile.apart, 0, order, room(0), along);
    split_sixth<kFrom, 5>(tile.apart, 0, order, room(0), along);
  }
  if (add) {
    _tile_loadd(0, c, stride);
    _tile_loadd(1, c + kTileBytes, stride);
    if constexpr (kTwo) {
      _tile_loadd(2, c + kTileRows * stride, stride);
      _tile_loadd(3, c + kTileRows * stride + kTileBytes, stride);
    }
  } else {
    _tile_zero(0);
    _tile_zero(1);
    if constexpr (kTwo) {
      _tile_zero(2);
      _tile_zero(3);
    }
  }
  for (std::int64_t block = 0; block < blocks; ++block) {
    [[maybe_unused]] const bool more = block + 1 < blocks;
    [[maybe_unused]] const std::int64_t next_k = (block + 1) * 2 * kSplitPairUnit;
    [[maybe_unused]] std::uint32_t* const next = room(block + 1);
    if constexpr (kApart) b = reinterpret_cast<const char*>(room(block));
    YUPU_SPLIT_B(0)
    YUPU_SPLIT_A(2)
    YUPU_SPLIT_PRODUCT
    YUPU_SPLIT_NEXT(0)
    if constexpr (kFrom != From::kPacked) ask_ahead(ahead);
    YUPU_SPLIT_A(1)
    YUPU_SPLIT_PRODUCT
    YUPU_SPLIT_NEXT(1)
    YUPU_SPLIT_B(1)
    YUPU_SPLIT_PRODUCT
    YUPU_SPLIT_NEXT(2)
    YUPU_SPLIT_A(0)
    YUPU_SPLIT_PRODUCT
    YUPU_SPLIT_NEXT(3)
    YUPU_SPLIT_B(2)
    YUPU_SPLIT_PRODUCT
    YUPU_SPLIT_NEXT(4)
    YUPU_SPLIT_B(0)
    YUPU_SPLIT_PRODUCT
    YUPU_SPLIT_NEXT(5)
    a += kTileBytes;
    if constexpr (!kApart) b += kSplitParts * kBlockPartBytes;
  }
  _tile_stored(0, c, stride);
  _tile_stored(1, c + kTileBytes, stride);
  if constexpr (kTwo) {
    _tile_stored(2, c + kTileRows * stride, stride);
    _tile_stored(3, c + kTileRows * stride + kTileBytes, stride);
  }
}
#undef YUPU_SPLIT_A
#undef YUPU_SPLIT_B
#undef YUPU_SPLIT_PRODUCT
#undef YUPU_SPLIT_NEXT

}  // namespace

YUPU_AVX512_BF16 void split_multiply_amx(const SplitTile& tile, SplitAhead& ahead) {
  const bool two = tile.rows > kTileRows;
  const auto product = tile.b != nullptr   ? (two ? &multiply<true, From::kParts> : &multiply<false, From::kParts>)
                       : tile.apart_packed ? (two ? &multiply<true, From::kPacked> : &multiply<false, From::kPacked>)
                       : tile.apart.depth_contiguous
                           ? (two ? &multiply<true, From::kColumns> : &multiply<false, From::kColumns>)
                           : (two ? &multiply<true, From::kDepths> : &multiply<false, From::kDepths>);
  if (!tile.stream && tile.rows % kTileRows == 0) {
    product(tile, tile.c, tile.c_stride * static_cast<std::int64_t>(sizeof(float)), tile.add, ahead);
    return;
  }
  // Formed beside C, because C has fewer rows or is not to stay in the caches.  What is added to goes there first, so
  // that the sum is the same.
  alignas(64) float sums[kSplitPanelRows * kSplitPanelColumns];
  if (tile.add) {
    for (std::int64_t r = 0; r < tile.rows; ++r) {
      const float* from = tile.c + r * tile.c_stride;
      float* to = sums + r * kSplitPanelColumns;
      _mm512_store_ps(to, _mm512_loadu_ps(from));
      _mm512_store_ps(to + kBf16Lanes, _mm512_loadu_ps(from + kBf16Lanes));
    }
    for (std::int64_t i = tile.rows * kSplitPanelColumns; i < kSplitPanelRows * kSplitPanelColumns; ++i) sums[i] = 0.0f;
  }
  product(tile, sums, kLaneRowBytes, tile.add, ahead);
  for (std::int64_t r = 0; r < tile.rows; ++r) {
    const float* from = sums + r * kSplitPanelColumns;
    float* to = tile.c + r * tile.c_stride;
    const __m512 low = _mm512_load_ps(from), high = _mm512_load_ps(from + kBf16Lanes);
    if (tile.stream) {
      _mm512_stream_ps(to, low);
      _mm512_stream_ps(to + kBf16Lanes, high);
    } else {
      _mm512_storeu_ps(to, low);
      _mm512_storeu_ps(to + kBf16Lanes, high);
    }
  }
}

YUPU_AVX512_BF16 void split_rows_amx(const Bf16Source& s, std::int64_t pairs, std::int64_t part,
                                     std::uint32_t* packed) {
  const __m512i order = bf16_pair_order();
  for (std::int64_t first = 0; first < s.valid; first += kBf16Lanes) {
    for (std::int64_t k = 0; k < 2 * pairs; k += 2 * kBf16Lanes) {
      SplitBlock block;
      if (s.depth_contiguous) {
        split_along(s, first, k, block);
      } else {
        split_across(s, first, k, order, block);
        for (auto& of_part : block.part) bf16_transpose(of_part);
      }
      std::uint32_t* to = packed + first * pairs + k / 2;
      for (std::int64_t p = 0; p < kSplitParts; ++p, to += part) {
        for (std::int64_t r = 0; r < kBf16Lanes; ++r) _mm512_storeu_si512(to + r * pairs, block.part[p][r]);
      }
    }
  }
}

}  // namespace yupu::engine
#endif
