#include "engine/ops/low_rank/low_rank.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/device/cpu/gemm.h"
#include "engine/ops/activation/activation.h"
#include "engine/ops/low_rank/low_rank_inference.h"
#include "engine/ops/op.h"

namespace yupu::engine {
namespace {

// What the backward of one term needs; undefined tensors and null nodes stand for "not wanted".
struct KeptTerm {
  Tensor input, down, up, diagonal, u, v;
  Node *input_node, *down_node, *up_node, *diagonal_node;
  float scale;
  std::int64_t column, row_begin, row_count;

  std::int64_t rank() const { return down.size(0); }
  std::int64_t in() const { return down.size(1); }
  std::int64_t out() const { return up.size(0); }
};

// v[r,i] = scale * u[r,i] * diagonal[i]; in place when v is u.  A rank is small: one thread.
void scale_columns(const Tensor& v, const Tensor& u, float scale, const Tensor& diagonal) {
  const std::int64_t rank = u.size(1);
  const float* const factors = diagonal.defined() ? diagonal.f32() : nullptr;
  for (std::int64_t r = 0; r < u.size(0); ++r) {
    const float* from = u.f32() + r * rank;
    float* to = v.f32() + r * rank;
    for (std::int64_t i = 0; i < rank; ++i) to[i] = from[i] * (factors != nullptr ? scale * factors[i] : scale);
  }
}

void add_diagonal_gradient(const GradSlot& slot, const KeptTerm& term, const Tensor& d_v) {
  const std::int64_t rank = term.rank();
  for (std::int64_t i = 0; i < rank; ++i) {
    double sum = 0.0;
    for (std::int64_t r = 0; r < term.row_count; ++r) {
      sum += static_cast<double>(d_v.f32()[r * rank + i]) * term.u.f32()[r * rank + i];
    }
    float& target = slot.tensor.f32()[i];
    target = (slot.fresh ? 0.0f : target) + static_cast<float>(term.scale * sum);
  }
}

void term_backward(Tape& tape, const KeptTerm& term, const Tensor& d_y) {
  ExecutionContext& context = tape.context();
  const std::int64_t stride = d_y.size(1);
  const std::int64_t rows = term.row_count;
  const std::int64_t rank = term.rank();
  const MatrixView d{d_y.f32() + term.row_begin * stride + term.column, stride, false};
  if (term.up_node != nullptr) {
    const GradSlot slot = tape.grad_slot(term.up_node);
    gemm(context, {term.out(), rank, rows}, {d.data, stride, true}, {term.v.f32(), rank, false},
         {slot.tensor.f32(), rank, !slot.fresh});
  }
  if (term.down_node == nullptr && term.input_node == nullptr && term.diagonal_node == nullptr) return;
  const Tensor d_v = context.empty({rows, rank});
  gemm(context, {rows, rank, term.out()}, d, {term.up.f32(), rank, false}, {d_v.f32(), rank, false});
  if (term.diagonal_node != nullptr) add_diagonal_gradient(tape.grad_slot(term.diagonal_node), term, d_v);
  scale_columns(d_v, d_v, term.scale, term.diagonal);  // d_u from here on
  const std::int64_t in = term.in();
  if (term.down_node != nullptr) {
    const GradSlot slot = tape.grad_slot(term.down_node);
    gemm(context, {rank, in, rows}, {d_v.f32(), rank, true}, {term.input.f32() + term.row_begin * in, in, false},
         {slot.tensor.f32(), in, !slot.fresh});
  }
  if (term.input_node != nullptr) {
    const GradSlot slot = tape.grad_slot(term.input_node);
    const bool covers = rows == slot.tensor.size(0);
    if (slot.fresh && !covers) slot.tensor.zero();
    gemm(context, {rows, in, rank}, {d_v.f32(), rank, false}, {term.down.f32(), in, false},
         {slot.tensor.f32() + term.row_begin * in, in, !slot.fresh || !covers});
  }
}

void check_term(const LowRankTerm& term, const Tensor& y) {
  check_matrix(term.input.value(), "input of a low-rank term");
  check_matrix(term.down.value(), "down of a low-rank term");
  check_matrix(term.up.value(), "up of a low-rank term");
  const std::int64_t rank = term.down.size(0);
  CHECK(term.input.size(0) == y.size(0) && term.input.size(1) == term.down.size(1) && term.up.size(1) == rank,
        fmt::format("low-rank term of input {}, down {}, up {} for y {}", term.input.shape().to_text(),
                    term.down.shape().to_text(), term.up.shape().to_text(), y.shape().to_text()));
  CHECK(term.column >= 0 && term.column + term.up.size(0) <= y.size(1),
        fmt::format("low-rank term of {} columns from {} for y {}", term.up.size(0), term.column, y.shape().to_text()));
  CHECK(term.row_begin >= 0 && term.row_begin <= term.row_end && term.row_end <= y.size(0),
        fmt::format("low-rank term of rows [{}, {}) for y {}", term.row_begin, term.row_end, y.shape().to_text()));
  CHECK(!term.diagonal.defined() || term.diagonal.value().element_count() == rank,
        fmt::format("low-rank term of rank {} with diagonal {}", rank,
                    term.diagonal.defined() ? term.diagonal.shape().to_text() : ""));
}

KeptTerm term_forward(Tape& tape, const LowRankTerm& term, const Tensor& y) {
  const std::int64_t rows = term.row_end - term.row_begin;
  const std::int64_t rank = term.down.size(0);
  const std::int64_t in = term.down.size(1);
  const std::int64_t stride = y.size(1);
  const Tensor u = tape.empty({rows, rank});
  gemm(tape.context(), {rows, rank, in}, {term.input.value().f32() + term.row_begin * in, in, false},
       {term.down.value().f32(), in, true}, {u.f32(), rank, false});
  const Tensor diagonal = term.diagonal.defined() ? term.diagonal.value() : Tensor();
  const Tensor v = diagonal.defined() ? tape.empty({rows, rank}) : u;
  scale_columns(v, u, term.scale, diagonal);
  gemm(tape.context(), {rows, term.up.size(0), rank}, {v.f32(), rank, false}, {term.up.value().f32(), rank, true},
       {y.f32() + term.row_begin * stride + term.column, stride, true});
  return {.input = term.down.requires_grad() ? term.input.value() : Tensor(),
          .down = term.down.value(),
          .up = term.up.value(),
          .diagonal = diagonal,
          .u = diagonal.defined() ? u : Tensor(),
          .v = v,
          .input_node = term.input.node(),
          .down_node = term.down.node(),
          .up_node = term.up.node(),
          .diagonal_node = term.diagonal.node(),
          .scale = term.scale,
          .column = term.column,
          .row_begin = term.row_begin,
          .row_count = rows};
}

bool needs_grad(const LowRankTerm& term) {
  return term.input.requires_grad() || term.down.requires_grad() || term.up.requires_grad() ||
         term.diagonal.requires_grad();
}

}  // namespace

Var add_low_rank(const Var& y, std::span<const LowRankTerm> terms, Activation activation) {
  Tape& tape = tape_of(y);
  check_matrix(y.value(), "y of add_low_rank");
  CHECK(y.parameter() == nullptr, "add_low_rank would write into a parameter");
  bool any_grad = y.requires_grad();
  std::vector<KeptTerm> kept;
  for (const LowRankTerm& term : terms) {
    CHECK(&tape_of(term.input, term.down, term.up, term.diagonal) == &tape, "a low-rank term of another tape");
    check_term(term, y.value());
  }
  if (!tape.training() &&
      std::all_of(terms.begin(), terms.end(), [](const LowRankTerm& term) { return term.up.parameter() != nullptr; })) {
    add_low_rank_inference(tape, y.value(), terms, activation);
    return tape.result(y.value(), false);
  }
  for (const LowRankTerm& term : terms) {
    if (term.down.size(0) == 0 || term.row_begin == term.row_end) continue;
    KeptTerm done = term_forward(tape, term, y.value());
    if (tape.training() && needs_grad(term)) {
      any_grad = true;
      kept.push_back(std::move(done));
    }
  }
  Var result = tape.result(y.value(), any_grad);
  if (result.requires_grad()) {
    tape.record(result, [&tape, kept = std::move(kept), y_node = y.node()](const Tensor& d_y) {
      for (const KeptTerm& term : kept) term_backward(tape, term, d_y);
      if (y_node != nullptr) tape.accumulate(y_node, d_y);
    });
  }
  return activation == Activation::kNone ? result : activate(result, activation);
}

}  // namespace yupu::engine
