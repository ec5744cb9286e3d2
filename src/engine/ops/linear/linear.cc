#include "engine/ops/linear/linear.h"

#include <algorithm>

#include "engine/device/cpu/elementwise.h"
#include "engine/device/cpu/int8_gemm.h"
#include "engine/ops/op.h"
#include "engine/ops/product.h"
#include "engine/profile.h"

namespace yupu::engine {
namespace {

// A (M,K) times a weight that does not change, packed once it is worth it; as product() otherwise.
void product_with(ExecutionContext& context, const Parameter& weight, RowRange used, WeightUse use, std::int64_t rows,
                  const MatrixView& a, const GemmOutput& c, const GemmEpilogue& epilogue) {
  if (context.precision() == Precision::kBf16) {
    bf16_gemm(context, rows, a, weight.packed_bf16(context, used, use), c, epilogue);
  } else if (const PackedWeight* packed = weight.packed_if_reused(context, used, use); packed != nullptr) {
    gemm(context, rows, a, *packed, c, epilogue);
  } else {
    const std::int64_t in = weight.value.size(1);
    const std::int64_t out = used.end - used.begin;
    const bool forward = use == WeightUse::kForward;
    gemm(context, {rows, forward ? out : in, forward ? in : out}, a,
         {weight.value.f32() + used.begin * in, in, forward}, c, epilogue);
  }
}

// What backward needs: undefined tensors and null nodes stand for "not wanted".
struct LinearBackward {
  Tape* tape;
  Tensor x, weight, pre_activation;  // weight: the rows that were used
  const Parameter* frozen;           // instead of weight_node: a weight that does not learn
  Node *x_node, *weight_node, *bias_node;
  Activation activation;
  RowRange used;
  std::int64_t rows_in_all;

  // Where the gradient of the used rows goes; those of the others are cleared when nothing is there yet.
  float* part_of(const GradSlot& slot, std::int64_t columns) const {
    float* const all = slot.tensor.f32();
    if (slot.fresh) {
      std::fill(all, all + used.begin * columns, 0.0f);
      std::fill(all + used.end * columns, all + rows_in_all * columns, 0.0f);
    }
    return all + used.begin * columns;
  }

  void operator()(const Tensor& d_y) const {
    ExecutionContext& context = tape->context();
    const ProfileScope scope(context, "linear backward: activation, bias");
    const std::int64_t rows = d_y.size(0);
    const std::int64_t out = weight.size(0);
    const std::int64_t in = weight.size(1);
    Tensor d = d_y;
    if (activation != Activation::kNone) {
      d = context.empty(d_y.shape());
      activation_backward(context.team(), activation, d.f32(), d_y.f32(), pre_activation.f32(), d.element_count(),
                          false);
    }
    if (bias_node != nullptr) {
      const GradSlot slot = tape->grad_slot(bias_node);
      column_sums(context.team(), part_of(slot, 1), d.f32(), rows, out, !slot.fresh);
    }
    if (weight_node != nullptr) {
      const GradSlot slot = tape->grad_slot(weight_node);
      product(context, {out, in, rows}, {d.f32(), out, true}, {x.f32(), in, false},
              {part_of(slot, in), in, !slot.fresh});
    }
    if (x_node != nullptr) {
      const GradSlot slot = tape->grad_slot(x_node);
      const MatrixView d_view{d.f32(), out, false};
      const GemmOutput target{slot.tensor.f32(), in, !slot.fresh};
      if (frozen != nullptr) {
        product_with(context, *frozen, used, WeightUse::kBackward, rows, d_view, target, {});
      } else {
        product(context, {rows, in, out}, d_view, {weight.f32(), in, false}, target);
      }
    }
  }
};

// Checks that bias and rows fit the weight.
RowRange rows_used(const Var& weight, const Var& bias, const LinearOptions& options) {
  const std::int64_t all = weight.size(0);
  if (bias.defined()) check_vector(bias.value(), all, "bias of linear");
  const RowRange used = options.rows.value_or(RowRange{0, all});
  CHECK(used.begin >= 0 && used.begin <= used.end && used.end <= all,
        fmt::format("rows [{}, {}) of weight {}", used.begin, used.end, weight.shape().to_text()));
  return used;
}

Var int8_linear(const Var& x, const Var& weight, const Var& bias, LinearOptions options) {
  Tape& tape = x.tape();
  CHECK(!tape.training() && weight.parameter() != nullptr, "an int8 weight is a Parameter, and for inference");
  CHECK(weight.value().rank() == 2 && weight.size(1) == x.size(1),
        fmt::format("linear of x {} with weight {}", x.shape().to_text(), weight.shape().to_text()));
  const RowRange used = rows_used(weight, bias, options);
  const std::int64_t out = used.end - used.begin;
  Tensor y = tape.empty({x.size(0), out});
  int8_gemm(tape.context(), x.size(0), x.value().f32(), x.size(1),
            weight.parameter()->packed_int8(tape.context(), options.rows), {y.f32(), out, false},
            {.bias = bias.defined() ? bias.value().f32() + used.begin : nullptr, .activation = options.activation});
  return tape.result(std::move(y), false);
}

}  // namespace

Var linear(const Var& x, const Var& weight, const Var& bias, LinearOptions options) {
  Tape& tape = tape_of(x, weight, bias);
  check_matrix(x.value(), "x of linear");
  if (weight.value().dtype() == DType::kI8) return int8_linear(x, weight, bias, options);
  check_matrix(weight.value(), "weight of linear");
  const std::int64_t rows = x.size(0);
  const std::int64_t in = x.size(1);
  CHECK(weight.size(1) == in,
        fmt::format("linear of x {} with weight {}", x.shape().to_text(), weight.shape().to_text()));
  const RowRange used = rows_used(weight, bias, options);
  const Tensor matrix = weight.value().rows(used.begin, used.end);
  const std::int64_t out = matrix.size(0);

  const bool needs_grad = x.requires_grad() || weight.requires_grad() || bias.requires_grad();
  const bool keeps_pre_activation = needs_grad && options.activation != Activation::kNone;
  Tensor y = tape.empty({rows, out});
  Tensor pre_activation = keeps_pre_activation ? tape.empty({rows, out}) : Tensor();
  GemmEpilogue epilogue{.bias = bias.defined() ? bias.value().f32() + used.begin : nullptr,
                        .activation = options.activation};
  if (keeps_pre_activation) {
    epilogue.activated = y.f32();
    epilogue.activated_stride = out;
  }
  const GemmOutput target{keeps_pre_activation ? pre_activation.f32() : y.f32(), out, false};
  const MatrixView x_view{x.value().f32(), in, false};
  // In fp32 a training step gains nothing from packings that it has to read beside its activations.
  const bool packs = !tape.training() || tape.context().precision() == Precision::kBf16;
  const Parameter* const frozen = packs && !weight.requires_grad() ? weight.parameter() : nullptr;
  if (frozen != nullptr) {
    product_with(tape.context(), *frozen, used, WeightUse::kForward, rows, x_view, target, epilogue);
  } else {
    product(tape.context(), {rows, out, in}, x_view, {matrix.f32(), in, true}, target, epilogue);
  }

  Var result = tape.result(std::move(y), needs_grad);
  if (result.requires_grad()) {
    tape.record(result,
                LinearBackward{&tape, weight.requires_grad() ? x.value() : Tensor(), matrix, std::move(pre_activation),
                               frozen, x.node(), weight.node(), bias.node(), options.activation, used, weight.size(0)});
  }
  return result;
}

}  // namespace yupu::engine
