// The negative log likelihood of tag sequences under a linear-chain conditional random field.
// Lafferty, McCallum, Pereira 2001, ICML; start and end scores as in Lample et al. 2016, arXiv:1603.01360, section 2.2.
//   score(y) = start[y_1] + sum_t x[t, y_t] + sum_t between[y_t, y_t+1] + end[y_T]
//   loss     = sum over sequences of  log sum_y' exp(score(y'))  -  score(y)
//   d x[t,k] = p(y_t = k) - 1[y_t = k],  d between[j,k] = E[count of j -> k] - count of j -> k in y;  start, end alike
// Shapes    x (R,K) f32, sequence s is rows [cu_rows[s], cu_rows[s+1]), none empty; between (K,K): from, to;
//           start, end (K); labels (R), each in [0,K);  result (1).
// Numbers   forward and backward sums in log space in f64, so that scores of any size (a forbidden step is -1e4) are
//           exact to f32; the total over sequences in order, whatever the number of threads.
// Backward  all four inputs; what is kept is the gradient itself, computed with the loss.
// Errors    a wrong shape or label is a bug (CHECK); out of memory throws EngineError.
#pragma once

#include <cstdint>
#include <span>

#include "engine/autograd/tape.h"

namespace yupu::engine {

struct LinearChain {
  Var between, start, end;
};

Var linear_chain_loss(const Var& x, const LinearChain& chain, std::span<const std::int32_t> cu_rows,
                      std::span<const std::int32_t> labels);

}  // namespace yupu::engine
