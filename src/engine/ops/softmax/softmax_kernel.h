// Rows of softmax, shared by softmax, cross_entropy and attention.
#pragma once

#include <cstdint>

namespace yupu::engine {

// p = softmax(scale * x) over `count` elements; returns log(sum(exp(scale * x))).  p may be x.
float softmax_row(const float* x, float scale, std::int64_t count, float* p);

// The same p again from the kept logarithm: exp(scale * x - log_sum).  p may be x.
void softmax_row_again(const float* x, float scale, float log_sum, std::int64_t count, float* p);

// y = p * factors.  y may be p.
void multiply_row(const float* p, const float* factors, std::int64_t count, float* y);

// Backward through dropout and softmax: g = d_p * factors (factors may be null), d_x = scale * p * (g - sum(g * p)).
// d_x may be d_p.
void softmax_row_backward(const float* p, const float* d_p, const float* factors, float scale, std::int64_t count,
                          float* d_x);

}  // namespace yupu::engine
