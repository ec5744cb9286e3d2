// Dropout with counter-based random numbers.  Srivastava et al. 2014, JMLR 15; Philox: Salmon et al. 2011.
//   y[r,c] = keep(r,c) ? x[r,c] / (1 - p') : 0,   p' = round(p * 65536) / 65536
// keep(r,c) is a pure function of (seed, step, site, sample of row r, position of row r, c): the mask does not depend
// on the batch a sample travels in, on packing, on threads or on the instruction set.  It is made again in backward,
// never stored. Shapes    x (R,C); rows.sample_ids, rows.positions (R).   Backward  d_x. Lifetime  `rows` must live
// until backward has run. No-op     probability 0 or a tape in inference mode: returns x itself.
#pragma once

#include <cstdint>

#include "engine/autograd/tape.h"
#include "engine/packed_batch.h"

namespace yupu::engine {

struct DropoutKey {
  std::uint64_t seed = 0;
  std::uint64_t step = 0;
  std::uint32_t site = 0;  // which dropout of the model: give every call in a forward pass its own number
};

struct Dropout {
  float probability = 0.0f;  // of dropping; in [0, 1)
  DropoutKey key = {};
  const RowKeys* rows = nullptr;  // needed when probability > 0 (attention takes the samples from the batch instead)
};

Var dropout(const Var& x, const Dropout& dropout);

}  // namespace yupu::engine
