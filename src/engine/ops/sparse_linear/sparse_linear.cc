#include "engine/ops/sparse_linear/sparse_linear.h"

#include <algorithm>
#include <memory>
#include <span>
#include <utility>

#include "engine/autograd/row_gradient.h"
#include "engine/device/cpu/elementwise.h"
#include "engine/ops/op.h"

namespace yupu::engine {
namespace {

void check_rows(const SparseRows& rows, std::int64_t feature_count) {
  CHECK(!rows.offsets.empty() && rows.offsets.front() == 0 &&
            rows.offsets.back() == static_cast<std::int64_t>(rows.indices.size()) &&
            rows.indices.size() == rows.values.size() && std::is_sorted(rows.offsets.begin(), rows.offsets.end()),
        "offsets, indices and values of sparse rows do not fit together");
  for (const std::int32_t index : rows.indices)
    CHECK(index >= 0 && index < feature_count, fmt::format("feature {} of {}", index, feature_count));
}

// Adds to row `places[j]` of `d_weight` what feature j gives it, in the order of j.
void add_products(const SparseRows& rows, std::span<const std::int32_t> places, const Tensor& d_y, float* d_weight) {
  const std::int64_t width = d_y.size(1);
  for (std::int64_t b = 0; b < rows.row_count(); ++b) {
    const float* const from = d_y.f32() + b * width;
    for (std::int64_t j = rows.offsets[b]; j < rows.offsets[b + 1]; ++j) {
      float* const to = d_weight + places[static_cast<std::size_t>(j)] * width;
      const float value = rows.values[j];
      for (std::int64_t k = 0; k < width; ++k) to[k] += value * from[k];
    }
  }
}

}  // namespace

Var sparse_linear(SparseRows rows, const Var& weight) {
  Tape& tape = tape_of(weight);
  check_matrix(weight.value(), "weight of sparse_linear");
  check_rows(rows, weight.size(0));
  bring_up_rows(weight, rows.indices);
  const std::int64_t columns = weight.size(1);
  Tensor y = tape.empty({rows.row_count(), columns});
  std::fill_n(y.f32(), y.element_count(), 0.0f);
  const float* const table = weight.value().f32();
  for (std::int64_t b = 0; b < rows.row_count(); ++b) {
    float* const to = y.f32() + b * columns;
    for (std::int64_t j = rows.offsets[b]; j < rows.offsets[b + 1]; ++j) {
      const float* const from = table + rows.indices[j] * columns;
      const float value = rows.values[j];
      for (std::int64_t k = 0; k < columns; ++k) to[k] += value * from[k];
    }
  }
  Var result = tape.result(std::move(y), weight.requires_grad());
  if (result.requires_grad()) {
    auto kept = std::make_shared<const SparseRows>(std::move(rows));
    tape.record(result, [&tape, node = weight.node(), kept](const Tensor& d_y) {
      if (has_row_gradient(node)) {
        const RowGradient open = open_row_gradient(tape, *node->parameter, kept->indices);
        return add_products(*kept, open.places, d_y, open.sums.f32());
      }
      const GradSlot slot = tape.grad_slot(node);
      if (slot.fresh) zero_fill(tape.team(), slot.tensor.f32(), slot.tensor.element_count());
      add_products(*kept, kept->indices, d_y, slot.tensor.f32());
    });
  }
  return result;
}

}  // namespace yupu::engine
