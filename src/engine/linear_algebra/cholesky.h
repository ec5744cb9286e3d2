// Inverse of a symmetric positive definite matrix, in place, by blocks that are matrix products.
//   A = L L^T          left-looking Cholesky in blocks of kCholeskyBlock columns (Golub, Van Loan 2013, 4.2.6)
//   X = L^-1           block row by block row
//   A^-1 = X^T X
// Diagonal blocks are factored and inverted in 64 bits; everything else is device/cpu/gemm.h in f32, so the result is
// the same bits on any number of threads, and its relative error about the condition number times 1e-7.
// Memory    one further matrix of the same size.
// Shapes    a (n,n) f32, of which the lower triangle is read; afterwards all of A^-1.
// Errors    another shape is a bug (CHECK); out of memory throws EngineError.
#pragma once

#include <cstdint>

#include "engine/execution_context.h"
#include "engine/tensor.h"

namespace yupu::engine {

inline constexpr std::int64_t kCholeskyBlock = 128;

// False, with `a` in pieces, when it is not positive definite (or holds what is no number).
[[nodiscard]] bool invert_positive_definite(ExecutionContext& context, const Tensor& a);

}  // namespace yupu::engine
