// The loss of independent yes-or-no outputs: what torch's BCEWithLogitsLoss computes.
//   loss = sum_i w (max(z_i, 0) - z_i t_i + ln(1 + exp(-|z_i|))),   d z_i = w (sigmoid(z_i) - t_i)
// Summed in f64.   Threads  one stream per call.
#pragma once

#include <span>

#include "engine/autograd/tape.h"

namespace yupu::tasks {

double sigmoid(double z);

// `targets`: from 0 to 1, one for every element of `logits`, in its order; `weight` is w, of every one of them.
engine::Var binary_cross_entropy(const engine::Var& logits, std::span<const double> targets, double weight = 1.0);

}  // namespace yupu::tasks
