// What stands around the integer core, once per instruction set: rows of floats to bytes, sums back to floats.
#include <cmath>
#include <cstring>

#include "engine/device/cpu/int8_kernel.h"
#include "engine/device/cpu/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/device/cpu/int8_rows_cpu.cc"
#include "hwy/foreach_target.h"
// After foreach_target.
#include "engine/device/cpu/math-inl.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace yupu::engine {
namespace HWY_NAMESPACE {

HWY_INLINE VF32 load_part(F32 d, const float* p, std::int64_t left) {
  return left >= static_cast<std::int64_t>(hn::Lanes(d)) ? hn::LoadU(d, p)
                                                         : load_head(d, p, static_cast<std::size_t>(left));
}

// Below this range 1/scale overflows: such a row counts as zeros.
constexpr float kRangeMin = 1e-30f;

Int8Row quantise_row(const float* x, std::int64_t depth, std::int64_t rows, std::uint8_t* panel) {
  const F32 d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  auto lowest = hn::Zero(d), highest = hn::Zero(d), poison = hn::Zero(d);
  for (std::int64_t k = 0; k < depth; k += lanes) {
    const auto v = load_part(d, x + k, depth - k);
    lowest = hn::Min(lowest, v);
    highest = hn::Max(highest, v);
    poison = hn::Add(poison, hn::Sub(v, v));  // NaN where v is NaN or infinite, else 0
  }
  const float low = hn::GetLane(hn::MinOfLanes(d, lowest));
  const float high = hn::GetLane(hn::MaxOfLanes(d, highest));
  const float invalid = hn::GetLane(hn::SumOfLanes(d, poison));
  Int8Row row{1.0f, 0};
  float inverse = 0.0f;
  if (!(invalid == 0.0f)) {
    row.scale = invalid;
  } else if (high - low > kRangeMin) {
    row.scale = high / 255.0f - low / 255.0f;
    inverse = 1.0f / row.scale;
    row.zero = static_cast<std::int32_t>(std::lrintf(-low * inverse));
  }
  const hn::Rebind<std::int32_t, F32> di;
  const hn::Rebind<std::uint8_t, F32> du;
  const auto factor = hn::Set(d, inverse);
  const auto zero = hn::Set(di, row.zero);
  const auto most = hn::Set(di, 255), least = hn::Zero(di);
  HWY_ALIGN std::uint8_t bytes[HWY_MAX_BYTES] = {};
  const std::int64_t step = HWY_MAX(lanes, kInt8Group);
  for (std::int64_t k = 0; k < depth; k += step) {
    for (std::int64_t part = 0; part < step; part += lanes) {
      const std::int64_t left = depth - k - part;
      if (left <= 0) {
        std::memset(bytes + part, 0, static_cast<std::size_t>(lanes));
        continue;
      }
      const auto v = hn::NearestInt(hn::Mul(load_part(d, x + k + part, left), factor));
      hn::StoreU(hn::DemoteTo(du, hn::Max(hn::Min(hn::Add(v, zero), most), least)), du, bytes + part);
      for (std::int64_t i = left; i < lanes; ++i) bytes[part + i] = 0;
    }
    for (std::int64_t i = 0; i < step && k + i < depth; i += kInt8Group) {
      std::memcpy(panel + (k + i) * rows, bytes + i, kInt8Group);
    }
  }
  return row;
}

template <class Function>
HWY_INLINE void finish(const Int8Tile& tile, const Function& function) {
  const F32 d;
  const hn::Rebind<std::int32_t, F32> di;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  for (std::int64_t r = 0; r < tile.rows; ++r) {
    const std::int32_t* sums = tile.sums + r * kInt8PanelColumns;
    const auto zero = hn::Set(di, tile.row[r].zero);
    const auto scale = hn::Set(d, tile.row[r].scale);
    float* y = tile.y + r * tile.y_stride;
    for (std::int64_t j = 0; j < tile.columns; j += lanes) {
      // Sums, scales and column sums are padded to the panel; bias and y are not.
      const std::int64_t left = tile.columns - j;
      const auto correction = hn::Mul(zero, hn::LoadU(di, tile.column_sums + j));
      auto v = hn::ConvertTo(d, hn::Sub(hn::LoadU(di, sums + j), correction));
      v = hn::Mul(hn::Mul(v, scale), hn::LoadU(d, tile.scales + j));
      if (tile.bias != nullptr) v = hn::Add(v, load_part(d, tile.bias + j, left));
      v = function.value(d, v);
      if (left >= lanes) {
        hn::StoreU(v, d, y + j);
      } else {
        store_head(d, v, y + j, static_cast<std::size_t>(left));
      }
    }
  }
}

struct NoActivation {
  template <class D, class V>
  HWY_INLINE V value(D, V x) const {
    return x;
  }
};

void finish_tile(const Int8Tile& tile) {
  switch (tile.activation) {
    case Activation::kNone:
      return finish(tile, NoActivation());
    case Activation::kGelu:
      return finish(tile, GeluExact());
    case Activation::kGeluTanh:
      return finish(tile, GeluTanh());
    case Activation::kTanh:
      return finish(tile, Tanh());
    case Activation::kRelu:
      return finish(tile, Relu());
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace yupu::engine
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace yupu::engine {
HWY_EXPORT(quantise_row);
HWY_EXPORT(finish_tile);

Int8Row int8_quantise_row(const float* x, std::int64_t depth, std::int64_t rows, std::uint8_t* panel) {
  return HWY_DYNAMIC_DISPATCH(quantise_row)(x, depth, rows, panel);
}
void int8_finish_tile(const Int8Tile& tile) { HWY_DYNAMIC_DISPATCH(finish_tile)(tile); }
}  // namespace yupu::engine
#endif  // HWY_ONCE
