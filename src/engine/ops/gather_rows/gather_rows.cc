#include "engine/ops/gather_rows/gather_rows.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "engine/device/cpu/elementwise.h"
#include "engine/ops/op.h"

namespace yupu::engine {

Var gather_rows(const Var& x, std::span<const std::int32_t> indices) {
  Tape& tape = tape_of(x);
  check_matrix(x.value(), "x of gather_rows");
  const std::int64_t rows = x.size(0);
  const std::int64_t columns = x.size(1);
  const auto count = static_cast<std::int64_t>(indices.size());
  Tensor y = tape.empty({count, columns});
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int32_t index = indices[static_cast<std::size_t>(i)];
    CHECK(index >= 0 && index < rows, fmt::format("row {} of x {}", index, x.shape().to_text()));
    std::copy_n(x.value().f32() + index * columns, columns, y.f32() + i * columns);
  }
  Var result = tape.result(std::move(y), x.requires_grad());
  if (result.requires_grad()) {
    Tensor kept = Tensor::from({count}, indices, &tape.context().pool());
    tape.record(result, [&tape, node = x.node(), kept = std::move(kept)](const Tensor& d_y) {
      const GradSlot slot = tape.grad_slot(node);
      if (slot.fresh) zero_fill(tape.team(), slot.tensor.f32(), slot.tensor.element_count());
      const std::int64_t width = d_y.size(1);
      for (std::int64_t i = 0; i < d_y.size(0); ++i) {
        float* to = slot.tensor.f32() + kept.i32()[i] * width;
        const float* from = d_y.f32() + i * width;
        for (std::int64_t c = 0; c < width; ++c) to[c] += from[c];
      }
    });
  }
  return result;
}

}  // namespace yupu::engine
