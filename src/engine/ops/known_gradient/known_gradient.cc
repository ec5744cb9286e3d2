#include "engine/ops/known_gradient/known_gradient.h"

#include "engine/ops/op.h"

namespace yupu::engine {

Var known_gradient(const Var& x, const Tensor& gradient, float value) {
  Tape& tape = tape_of(x);
  CHECK(x.value().dtype() == DType::kF32 && gradient.dtype() == DType::kF32 && gradient.shape() == x.shape(),
        fmt::format("a gradient {} for x {}", gradient.shape().to_text(), x.shape().to_text()));
  Tensor y = tape.empty({1});
  y.fill(value);
  Var result = tape.result(std::move(y), x.requires_grad());
  if (result.requires_grad()) {
    tape.record(result, [&tape, node = x.node(), gradient](const Tensor& d_y) {
      const GradSlot slot = tape.grad_slot(node);
      const float factor = d_y.item();
      const auto from = gradient.values();
      const auto to = slot.tensor.values();
      for (std::size_t i = 0; i < to.size(); ++i) to[i] = (slot.fresh ? 0.0f : to[i]) + factor * from[i];
    });
  }
  return result;
}

}  // namespace yupu::engine
