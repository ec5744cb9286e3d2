// A low-rank change of a linear layer, added onto what the layer gave.  LoRA: Hu et al. 2021, arXiv:2106.09685;
// AdaLoRA (with the diagonal): Zhang et al. 2023, arXiv:2303.10512, section 3.1.
//   y[rows, columns] += scale * ((input[rows] down^T) .* diagonal) up^T          for every term
// Terms choose their rows (one tenant's tokens of a shared batch) and their columns (query or value of a fused
// projection).  The sums run over the rank in ascending order, so a row of the result depends on its own row of y and
// input and on the terms that cover it, bit for bit: a mixed batch gives what each tenant alone would get.
// With an activation the result is activation(y + terms), of all of y.
// Inference with `up` a Parameter leaf has a path of its own (low_rank_inference.h), for many small terms.
// Shapes    y (R,O); input (R,I); down (rank,I); up (O',rank) with column + O' <= O; diagonal of `rank` elements or
//           absent.  A rank of 0 adds nothing.
// Takes y   the result is written into y's memory: y must be a fresh result nobody reads again, not even its own
//           backward (a linear without activation is; a constant or a leaf is not).
// Backward  d_y passes through;  with G = d_y[rows, columns], u = input down^T, v = scale * u .* diagonal:
//             d_up += G^T v;  dv = G up;  d_diagonal += sum over rows of scale * dv .* u;  du = scale * dv .* diagonal
//             d_down += du^T input;  d_input += du down
//           Nothing is computed for what has no node.  Kept: v, u when there is a diagonal, input when `down` trains.
// Errors    wrong shape or dtype is a bug (CHECK); out of memory throws EngineError.
#pragma once

#include <cstdint>
#include <span>

#include "engine/activation.h"
#include "engine/autograd/tape.h"

namespace yupu::engine {

struct LowRankTerm {
  Var input;  // x, or dropout(x)
  Var down;
  Var up;
  Var diagonal;
  float scale = 1.0f;
  std::int64_t column = 0;     // first column of y that is changed
  std::int64_t row_begin = 0;  // rows [row_begin, row_end)
  std::int64_t row_end = 0;
};

Var add_low_rank(const Var& y, std::span<const LowRankTerm> terms, Activation activation = Activation::kNone);

}  // namespace yupu::engine
