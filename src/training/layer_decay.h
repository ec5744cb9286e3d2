// Layer-wise learning rates: the nearer to the words, the slower.  Howard, Ruder 2018, arXiv:1801.06146 (discriminative
// fine-tuning), as Clark et al. 2020, arXiv:2003.10555, use it:
//   rate of depth k = lr * decay^(L+1-k),   k = 0 the embeddings, 1..L the encoder's layers, L+1 pooler and heads
// Weight decay follows, being multiplied by the same rate (engine/optim/adamw.h).
#pragma once

#include <span>

#include "engine/autograd/tape.h"

namespace yupu::training {

// Multiplies each parameter's learning_rate_scale.  Depth is read from its name (HuggingFace: embeddings.,
// encoder.layer.N.); L is the deepest of the names.  With decay 1 nothing changes.
void scale_by_depth(std::span<engine::Parameter* const> parameters, double decay);

}  // namespace yupu::training
