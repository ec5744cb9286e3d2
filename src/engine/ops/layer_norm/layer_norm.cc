#include "engine/ops/layer_norm/layer_norm.h"

#include <algorithm>
#include <utility>

#include "engine/device/cpu/elementwise.h"
#include "engine/ops/dropout/dropout_mask.h"
#include "engine/ops/layer_norm/layer_norm_kernel.h"
#include "engine/ops/op.h"
#include "engine/profile.h"

namespace yupu::engine {
namespace {

constexpr std::int64_t kGrainRows = 8;
constexpr std::int64_t kGrainElements = 8192;  // forward: some 2 us
constexpr std::int64_t kGrainColumns = 64;

struct LayerNormBackward {
  Tape* tape;
  Tensor normalised, rstd, gain;
  Node *x_node, *residual_node, *gain_node, *bias_node;
  DropoutStream stream;
  const RowKeys* rows;

  void operator()(const Tensor& d_y) const {
    const ProfileScope scope(tape->context(), "layer norm backward");
    parameters(d_y);
    if (x_node != nullptr || residual_node != nullptr) inputs(d_y);
  }

  void parameters(const Tensor& d_y) const {
    if (gain_node == nullptr && bias_node == nullptr) return;
    const std::int64_t columns = d_y.size(1);
    const auto sums = [&](Node* node) -> float* {
      if (node == nullptr) return nullptr;
      const GradSlot slot = tape->grad_slot(node);
      if (slot.fresh) slot.tensor.zero();
      return slot.tensor.f32();
    };
    float* const d_gain = sums(gain_node);
    float* const d_bias = sums(bias_node);
    tape->team().parallel_for(columns, kGrainColumns, [&](std::int64_t begin, std::int64_t end, int) {
      layer_norm_columns_backward(d_y.f32(), normalised.f32(), d_y.size(0), columns, begin, end, d_gain, d_bias);
    });
  }

  void inputs(const Tensor& d_y) const {
    const std::int64_t columns = d_y.size(1);
    const std::int64_t groups = is_active(stream) ? dropout_groups(columns) : 0;
    // Per member: a row of d_sum and a row of dropout factors.
    const std::int64_t scratch_columns = columns + groups * kDropoutGroup;
    const Tensor scratch = tape->empty({tape->team().size(), scratch_columns});
    const GradSlot x_slot = x_node != nullptr ? tape->grad_slot(x_node) : GradSlot{};
    const GradSlot residual_slot = residual_node != nullptr ? tape->grad_slot(residual_node) : GradSlot{};
    tape->team().parallel_for(d_y.size(0), kGrainRows, [&](std::int64_t begin, std::int64_t end, int member) {
      float* d_sum = scratch.f32() + member * scratch_columns;
      float* factors = groups > 0 ? d_sum + columns : nullptr;
      for (std::int64_t r = begin; r < end; ++r) {
        const auto i = static_cast<std::size_t>(r);
        const std::int64_t at = r * columns;
        layer_norm_row_backward(d_y.f32() + at, gain.f32(), normalised.f32() + at, rstd.f32()[r], columns, d_sum);
        if (x_node != nullptr) {
          if (factors != nullptr) dropout_factors(stream, rows->sample_ids[i], rows->positions[i], 0, groups, factors);
          masked_row(d_sum, factors, columns, !x_slot.fresh, x_slot.tensor.f32() + at);
        }
        if (residual_node != nullptr) {
          masked_row(d_sum, nullptr, columns, !residual_slot.fresh, residual_slot.tensor.f32() + at);
        }
      }
    });
  }
};

Var normalise(const Var& x, const Var& residual, const Var& gain, const Var& bias, const Dropout& dropout,
              LayerNormOptions options) {
  Tape& tape = tape_of(x, residual, gain, bias);
  const ProfileScope scope(tape.context(), "layer norm forward");
  check_matrix(x.value(), "x of layer_norm");
  const std::int64_t row_count = x.size(0);
  const std::int64_t columns = x.size(1);
  CHECK(!residual.defined() || residual.shape() == x.shape(),
        fmt::format("residual {} for x {}", residual.shape().to_text(), x.shape().to_text()));
  check_vector(gain.value(), columns, "gain of layer_norm");
  check_vector(bias.value(), columns, "bias of layer_norm");
  const DropoutStream stream = tape.training() ? dropout_stream(dropout) : DropoutStream();
  const RowKeys* rows = dropout.rows;
  CHECK(!is_active(stream) || (rows != nullptr && rows->sample_ids.size() == static_cast<std::size_t>(row_count) &&
                               rows->positions.size() == rows->sample_ids.size()),
        fmt::format("dropout needs a key for each row of x {}", x.shape().to_text()));

  const bool needs_grad = x.requires_grad() || residual.requires_grad() || gain.requires_grad() || bias.requires_grad();
  Tensor y = tape.empty(x.shape());
  Tensor normalised = needs_grad ? tape.empty(x.shape()) : Tensor();
  Tensor rstd = needs_grad ? tape.empty({row_count}) : Tensor();
  const std::int64_t groups = is_active(stream) ? dropout_groups(columns) : 0;
  const Tensor scratch = groups > 0 ? tape.empty({tape.team().size(), groups * kDropoutGroup}) : Tensor();
  const std::int64_t grain_rows = std::max(kGrainRows, kGrainElements / std::max<std::int64_t>(1, columns));
  tape.team().parallel_for(row_count, grain_rows, [&](std::int64_t begin, std::int64_t end, int member) {
    float* factors = groups > 0 ? scratch.f32() + member * groups * kDropoutGroup : nullptr;
    for (std::int64_t r = begin; r < end; ++r) {
      const auto i = static_cast<std::size_t>(r);
      if (factors != nullptr) dropout_factors(stream, rows->sample_ids[i], rows->positions[i], 0, groups, factors);
      const std::int64_t at = r * columns;
      const float row_rstd = layer_norm_row({.x = x.value().f32() + at,
                                             .residual = residual.defined() ? residual.value().f32() + at : nullptr,
                                             .factors = factors,
                                             .gain = gain.value().f32(),
                                             .bias = bias.value().f32(),
                                             .y = y.f32() + at,
                                             .normalised = needs_grad ? normalised.f32() + at : nullptr,
                                             .columns = columns,
                                             .epsilon = options.epsilon});
      if (needs_grad) rstd.f32()[r] = row_rstd;
    }
  });

  Var result = tape.result(std::move(y), needs_grad);
  if (result.requires_grad()) {
    tape.record(result, LayerNormBackward{&tape, std::move(normalised), std::move(rstd), gain.value(), x.node(),
                                          residual.node(), gain.node(), bias.node(), stream, rows});
  }
  return result;
}

}  // namespace

Var layer_norm(const Var& x, const Var& gain, const Var& bias, LayerNormOptions options) {
  return normalise(x, Var(), gain, bias, Dropout(), options);
}

Var residual_dropout_layer_norm(const Var& x, const Var& residual, const Var& gain, const Var& bias,
                                const Dropout& dropout, LayerNormOptions options) {
  CHECK(residual.defined(), "residual_dropout_layer_norm needs a residual");
  return normalise(x, residual, gain, bias, dropout, options);
}

}  // namespace yupu::engine
