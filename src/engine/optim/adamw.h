// AdamW.  Loshchilov, Hutter 2017, arXiv:1711.05101, as PyTorch computes it; t counts from 1:
//   w *= 1 - lr*decay;  m = b1 m + (1-b1) g;  v = b2 v + (1-b2) g^2;  w -= lr * (m/(1-b1^t)) / (sqrt(v/(1-b2^t)) + eps)
// and BERT-Adam (google-research/bert optimization.py), without bias correction:
//   w -= lr * (m/(sqrt(v)+eps) + decay*w)
// One pass over memory: gradient scaling (clipping), moments and weights together.  The gradients are dropped by the
// step.  Of a table whose gradient is that of a few rows, these rows alone are written; the others wait, bit for bit,
// until they are read (row_updates.h).  Decay applies to parameters with decay == true, and to those with one of their
// own; lr is multiplied by Parameter::learning_rate_scale. A trainable parameter without a gradient this step is
// updated with a gradient of zero; a frozen one is left alone. Threads: one owner.  Numbers: independent of the thread
// count, bit for bit.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/autograd/tape.h"

namespace yupu::engine {

enum class AdamVariant : std::uint8_t { kAdamW, kBertAdam };

struct AdamWOptions {
  float beta1 = 0.9f;
  float beta2 = 0.999f;
  float epsilon = 1e-8f;
  float weight_decay = 0.01f;
  AdamVariant variant = AdamVariant::kAdamW;
  std::vector<std::pair<const Parameter*, float>> own_decays = {};  // instead of weight_decay, whatever `decay` says
};

// The 2-norm of all gradients together, in f64 over fixed blocks (independent of the thread count).
double gradient_norm(ExecutionContext& context, const std::vector<Parameter*>& parameters);
// min(1, limit / (norm + 1e-6)); 1 when limit <= 0.
float clip_scale(double norm, double limit);

class RowUpdates;

class AdamW {
 public:
  // The parameters stay the caller's and must outlive this.  State is kept for the trainable ones, made at the first
  // step.
  AdamW(std::vector<Parameter*> parameters, AdamWOptions options);
  ~AdamW();  // settles
  AdamW(const AdamW&) = delete;
  AdamW& operator=(const AdamW&) = delete;

  // One update with gradients multiplied by `gradient_scale` first; then the gradients are dropped.  Rows may be late
  // afterwards (Parameter::late).
  void step(ExecutionContext& context, float learning_rate, float gradient_scale = 1.0f);
  // Brings up every late row: before weights are read in place.
  void settle(ThreadTeam& team);
  const std::vector<Parameter*>& parameters() const { return parameters_; }

  // State for checkpoints: "<parameter>.m" and "<parameter>.v" (zeros before the first step), and the step count.
  // The tensors share memory with the optimiser: write into them (copy_from) to restore.  No row is late afterwards.
  std::vector<std::pair<std::string, Tensor>> state();
  std::int64_t step_count() const { return step_count_; }
  void set_step_count(std::int64_t steps) { step_count_ = steps; }

 private:
  struct Moments {
    Tensor m, v;
    std::unique_ptr<RowUpdates> rows;  // of a matrix
  };
  Moments& moments(std::size_t index);
  float decay_of(const Parameter& parameter) const;

  std::vector<Parameter*> parameters_;
  AdamWOptions options_;
  std::vector<Moments> moments_;
  std::int64_t step_count_ = 0;
};

}  // namespace yupu::engine
