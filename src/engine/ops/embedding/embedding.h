// Sum of word, position and token-type embeddings, the input of BERT.  Devlin et al. 2018, arXiv:1810.04805, section 3.
//   y[n,:] = word[tokens[n],:] + position[positions[n],:] + token_type[token_types[n],:]
// Shapes    word (V,C); position (P,C) or absent; token_type (S,C) or absent;  result (N,C).
//           Tables that are parameters come as Tape::table; rows whose updates are late are brought up first.
// Backward  adds into the touched rows of each table, in token order (the same for every thread count): into
//           Parameter::row_grad unless the parameter has a whole gradient.
// Lifetime  `batch` must live until backward has run.
// Errors    an id outside its table is a bug here (CHECK): the model's edge validates ids.  Out of memory throws
// EngineError.
#pragma once

#include "engine/autograd/tape.h"
#include "engine/packed_batch.h"

namespace yupu::engine {

Var embedding(const Var& word, const Var& position, const Var& token_type, const PackedBatch& batch);

}  // namespace yupu::engine
