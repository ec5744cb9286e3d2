#include "base/rng.h"
#include "engine/device/cpu/simd_targets.h"
#include "engine/ops/dropout/dropout_mask.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/ops/dropout/dropout_cpu.cc"
#include "hwy/foreach_target.h"
// After foreach_target.
#include "engine/device/cpu/math-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace yupu::engine {
namespace HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR

void factors(const DropoutStream& stream, std::uint64_t sample, std::uint32_t row, std::int64_t first_group,
             std::int64_t group_count, float* out) {
  for (std::int64_t i = 0; i < group_count * kDropoutGroup; ++i) {
    const auto group = static_cast<std::uint32_t>(first_group + i / kDropoutGroup);
    const auto element = static_cast<std::uint32_t>(i % kDropoutGroup);
    const auto words = philox4x32(
        {static_cast<std::uint32_t>(sample), static_cast<std::uint32_t>(sample >> 32), row, group * 16 + element % 16},
        {stream.key0, stream.key1});
    const std::uint32_t half = element / 16;
    const std::uint32_t bits = (words[half / 2] >> (half % 2 * 16)) & 0xFFFFu;
    out[i] = bits < stream.threshold ? 0.0f : stream.keep_factor;
  }
}

#else

using U32 = hn::CappedTag<std::uint32_t, 16>;
using VU32 = hn::Vec<U32>;

// Both halves of the 64-bit products of all lanes with one constant.
HWY_INLINE void multiply_wide(U32 d, VU32 x, VU32 constant, VU32& high, VU32& low) {
  const hn::RepartitionToWide<U32> wide;
  const auto even = hn::MulEven(x, constant);
  const auto odd = hn::MulEven(hn::BitCast(d, hn::ShiftRight<32>(hn::BitCast(wide, x))), constant);
  high = hn::OddEven(hn::BitCast(d, odd), hn::BitCast(d, hn::ShiftRight<32>(even)));
  low = hn::OddEven(hn::BitCast(d, hn::ShiftLeft<32>(odd)), hn::BitCast(d, even));
}

HWY_INLINE void store_factors(U32 /*tag*/, VU32 bits, VU32 threshold, float keep_factor, float* out) {
  const hn::RebindToSigned<U32> di;
  const hn::RebindToFloat<U32> df;
  const auto keep = hn::Not(hn::Lt(hn::BitCast(di, bits), hn::BitCast(di, threshold)));
  hn::StoreU(hn::IfThenElseZero(hn::RebindMask(df, keep), hn::Set(df, keep_factor)), df, out);
}

void factors(const DropoutStream& stream, std::uint64_t sample, std::uint32_t row, std::int64_t first_group,
             std::int64_t group_count, float* out) {
  const U32 d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const auto multiplier0 = hn::Set(d, 0xD2511F53u);
  const auto multiplier1 = hn::Set(d, 0xCD9E8D57u);
  const auto threshold = hn::Set(d, stream.threshold);
  const auto low_half = hn::Set(d, 0xFFFFu);
  for (std::int64_t group = 0; group < group_count; ++group) {
    for (std::int64_t block = 0; block < 16; block += lanes) {
      const auto first_block = static_cast<std::uint32_t>((first_group + group) * 16 + block);
      auto c0 = hn::Set(d, static_cast<std::uint32_t>(sample));
      auto c1 = hn::Set(d, static_cast<std::uint32_t>(sample >> 32));
      auto c2 = hn::Set(d, row);
      auto c3 = hn::Iota(d, first_block);
      std::uint32_t key0 = stream.key0;
      std::uint32_t key1 = stream.key1;
      for (int round = 0; round < 10; ++round) {
        VU32 high0, low0, high1, low1;
        multiply_wide(d, c0, multiplier0, high0, low0);
        multiply_wide(d, c2, multiplier1, high1, low1);
        c0 = hn::Xor(hn::Xor(high1, c1), hn::Set(d, key0));
        c2 = hn::Xor(hn::Xor(high0, c3), hn::Set(d, key1));
        c1 = low1;
        c3 = low0;
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
      }
      float* to = out + group * kDropoutGroup + block;
      const VU32 words[4] = {c0, c1, c2, c3};
      for (int word = 0; word < 4; ++word) {
        store_factors(d, hn::And(words[word], low_half), threshold, stream.keep_factor, to + word * 32);
        store_factors(d, hn::ShiftRight<16>(words[word]), threshold, stream.keep_factor, to + word * 32 + 16);
      }
    }
  }
}

#endif

}  // namespace HWY_NAMESPACE
}  // namespace yupu::engine
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace yupu::engine {
HWY_EXPORT(factors);

void dropout_factors(const DropoutStream& stream, std::uint64_t sample, std::uint32_t row, std::int64_t first_group,
                     std::int64_t group_count, float* out) {
  HWY_DYNAMIC_DISPATCH(factors)(stream, sample, row, first_group, group_count, out);
}

}  // namespace yupu::engine
#endif  // HWY_ONCE
