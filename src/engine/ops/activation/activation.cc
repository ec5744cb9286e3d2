#include "engine/ops/activation/activation.h"

#include "engine/device/cpu/elementwise.h"
#include "engine/ops/op.h"

namespace yupu::engine {

Var activate(const Var& x, Activation activation) {
  Tape& tape = tape_of(x);
  Tensor y = tape.empty(x.shape());
  activation_forward(tape.team(), activation, y.f32(), x.value().f32(), y.element_count());
  Var result = tape.result(std::move(y), x.requires_grad());
  if (result.requires_grad()) {
    tape.record(result, [&tape, activation, node = x.node(), kept = x.value()](const Tensor& d_y) {
      const GradSlot slot = tape.grad_slot(node);
      activation_backward(tape.team(), activation, slot.tensor.f32(), d_y.f32(), kept.f32(), d_y.element_count(),
                          !slot.fresh);
    });
  }
  return result;
}

}  // namespace yupu::engine
