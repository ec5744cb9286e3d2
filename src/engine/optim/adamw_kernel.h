// Between adamw.cc and adamw_cpu.cc.
#pragma once

#include <cstdint>
#include <span>

namespace yupu::engine {

struct AdamWPass {
  float gradient_scale;
  float beta1, beta2, epsilon;
  float step_size;          // lr / (1 - b1^t); lr for BERT-Adam
  float inverse_root_bias;  // 1 / sqrt(1 - b2^t); 1 for BERT-Adam
  float shrink;             // lr * decay; both variants take shrink * w off the weight as it was before the update
};

// `gradient` may be null: zero.
void adamw_range(const AdamWPass& pass, std::int64_t count, const float* gradient, float* weight, float* m, float* v);
// The same where gradient and moments are zeros: weight -= shrink * weight.
void decay_range(float shrink, std::int64_t count, float* weight);
// adamw_range with a null gradient, and decay_range, for each pass in turn.
void adamw_replay(std::span<const AdamWPass> passes, std::int64_t count, float* weight, float* m, float* v);
void decay_replay(std::span<const AdamWPass> passes, std::int64_t count, float* weight);
bool all_zero(const float* x, std::int64_t count);
double sum_of_squares(const float* x, std::int64_t count);

}  // namespace yupu::engine
