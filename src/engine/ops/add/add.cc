#include "engine/ops/add/add.h"

#include "engine/device/cpu/elementwise.h"
#include "engine/ops/op.h"

namespace yupu::engine {

Var add(const Var& a, const Var& b) {
  Tape& tape = tape_of(a, b);
  CHECK(a.shape() == b.shape(), fmt::format("add of {} and {}", a.shape().to_text(), b.shape().to_text()));
  Tensor y = tape.empty(a.shape());
  add(tape.team(), y.f32(), a.value().f32(), b.value().f32(), y.element_count());
  Var result = tape.result(std::move(y), a.requires_grad() || b.requires_grad());
  if (result.requires_grad()) {
    tape.record(result, [&tape, a_node = a.node(), b_node = b.node()](const Tensor& d_y) {
      // Two nodes must not share one gradient tensor: later contributions are added in place.
      if (a_node != nullptr && b_node != nullptr) {
        tape.accumulate(a_node, d_y.clone(&tape.context().pool()));
      } else if (a_node != nullptr) {
        tape.accumulate(a_node, d_y);
      }
      if (b_node != nullptr) tape.accumulate(b_node, d_y);
    });
  }
  return result;
}

Var scale(const Var& x, float factor) {
  Tape& tape = tape_of(x);
  Tensor y = tape.empty(x.shape());
  scale(tape.team(), y.f32(), x.value().f32(), factor, y.element_count());
  Var result = tape.result(std::move(y), x.requires_grad());
  if (result.requires_grad()) {
    tape.record(result, [&tape, factor, node = x.node()](const Tensor& d_y) {
      const GradSlot slot = tape.grad_slot(node);
      if (slot.fresh) {
        scale(tape.team(), slot.tensor.f32(), d_y.f32(), factor, d_y.element_count());
      } else {
        scale_into(tape.team(), slot.tensor.f32(), d_y.f32(), factor, d_y.element_count());
      }
    });
  }
  return result;
}

}  // namespace yupu::engine
