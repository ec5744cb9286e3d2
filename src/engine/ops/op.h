// What every op's checks share.  Internal to engine/ops.
#pragma once

#include <cstdint>

#include <fmt/format.h>

#include "engine/autograd/tape.h"

namespace yupu::engine {

// One tape for all present inputs.
inline Tape& tape_of(const Var& first) { return first.tape(); }
template <class... Rest>
Tape& tape_of(const Var& first, const Rest&... rest) {
  Tape& tape = first.tape();
  const auto same = [&](const Var& var) { return !var.defined() || &var.tape() == &tape; };
  CHECK((same(rest) && ...), "the inputs of an op are on different tapes");
  return tape;
}

inline void check_matrix(const Tensor& x, const char* what) {
  CHECK(x.dtype() == DType::kF32, fmt::format("{} is {}, not f32", what, dtype_name(x.dtype())));
  CHECK(x.rank() == 2, fmt::format("{} has shape {}, not two axes", what, x.shape().to_text()));
}

inline void check_vector(const Tensor& x, std::int64_t length, const char* what) {
  CHECK(x.dtype() == DType::kF32, fmt::format("{} is {}, not f32", what, dtype_name(x.dtype())));
  CHECK(x.rank() == 1 && x.size(0) == length,
        fmt::format("{} has shape {}, not ({})", what, x.shape().to_text(), length));
}

}  // namespace yupu::engine
