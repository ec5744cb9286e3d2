#include "engine/ops/mean_pool/mean_pool.h"

#include <algorithm>
#include <utility>

#include "engine/ops/op.h"

namespace yupu::engine {

Var mean_pool(const Var& x, std::span<const std::int32_t> cu_seqlens) {
  Tape& tape = tape_of(x);
  check_matrix(x.value(), "x of mean_pool");
  CHECK(cu_seqlens.size() >= 2 && cu_seqlens.front() == 0 && cu_seqlens.back() == x.size(0),
        fmt::format("cu_seqlens of {} entries for x {}", cu_seqlens.size(), x.shape().to_text()));
  const auto sequences = static_cast<std::int64_t>(cu_seqlens.size()) - 1;
  const std::int64_t columns = x.size(1);
  Tensor y = tape.empty({sequences, columns});
  for (std::int64_t b = 0; b < sequences; ++b) {
    const std::int64_t begin = cu_seqlens[static_cast<std::size_t>(b)];
    const std::int64_t end = cu_seqlens[static_cast<std::size_t>(b) + 1];
    CHECK(begin < end, fmt::format("sequence {} of mean_pool is empty", b));
    float* mean = y.f32() + b * columns;
    std::fill_n(mean, columns, 0.0f);
    for (std::int64_t n = begin; n < end; ++n) {
      const float* row = x.value().f32() + n * columns;
      for (std::int64_t c = 0; c < columns; ++c) mean[c] += row[c];
    }
    const float factor = 1.0f / static_cast<float>(end - begin);
    for (std::int64_t c = 0; c < columns; ++c) mean[c] *= factor;
  }
  Var result = tape.result(std::move(y), x.requires_grad());
  if (result.requires_grad()) {
    Tensor kept = Tensor::from({sequences + 1}, cu_seqlens, &tape.context().pool());
    tape.record(result, [&tape, node = x.node(), kept = std::move(kept)](const Tensor& d_y) {
      const GradSlot slot = tape.grad_slot(node);
      const std::int64_t width = d_y.size(1);
      for (std::int64_t b = 0; b < d_y.size(0); ++b) {
        const std::int64_t begin = kept.i32()[b];
        const std::int64_t end = kept.i32()[b + 1];
        const float factor = 1.0f / static_cast<float>(end - begin);
        const float* from = d_y.f32() + b * width;
        for (std::int64_t n = begin; n < end; ++n) {
          float* to = slot.tensor.f32() + n * width;
          for (std::int64_t c = 0; c < width; ++c) to[c] = (slot.fresh ? 0.0f : to[c]) + factor * from[c];
        }
      }
    });
  }
  return result;
}

}  // namespace yupu::engine
