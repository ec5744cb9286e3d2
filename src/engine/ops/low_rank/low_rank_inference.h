// add_low_rank where nothing is recorded: many small terms over one y, the rows in pieces that stay in a core's cache
// while every term that covers them, and the activation, go over them.  After Chen et al. 2023, arXiv:2310.18547
// (Punica's SGMV: shrink and expand per segment), for one thread per piece.
// Numbers   a row's bits depend on its own row of y and input and on the terms that cover it; not on the pieces.
// Internal to low_rank.cc and low_rank_cpu.cc.
#pragma once

#include <cstdint>
#include <span>

#include "engine/activation.h"
#include "engine/autograd/tape.h"
#include "engine/ops/low_rank/low_rank.h"

namespace yupu::engine {

// y = activation(y + terms), in place.  REQUIRES: checked terms, every `up` a Parameter leaf (it is packed once and
// reused until Parameter::value_changed).
void add_low_rank_inference(Tape& tape, const Tensor& y, std::span<const LowRankTerm> terms, Activation activation);

// u[i,j] = factor * factors[j] * sum over k of x[i,k] down[j,k]; factors may be null (ones).
struct Shrink {
  const float* x;  // (rows, depth), densely
  const float* down;
  std::int64_t rows, rank, depth;
  float factor;
  const float* factors;
  float* u;  // (rows, rank)
};
void shrink(const Shrink& shape);
// y = activation(y) on the calling thread alone.
void activate_serial(Activation activation, float* y, std::int64_t count);

}  // namespace yupu::engine
