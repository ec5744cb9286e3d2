// One head of one short sequence, forward and backward: what a customer's question of fourteen tokens is made of. There
// the general way (attention.cc, two to five small matrix products with a pass over the rows between them) spends its
// time on packing and on the ends of rows; here keys and values are turned once, every row stays in the first cache and
// products keep their sums in registers.
// Numbers   a query's result does not depend on which other queries are asked, bit for bit.
// Threads   none; each caller brings its own scratch.
#pragma once

#include <cstdint>

namespace yupu::engine {

// A row per token, `stride` apart (of q: per query, `q_stride`), each pointing at the head's first column.
struct ShortHead {
  const float *q, *k, *v;
  std::int64_t q_stride, stride;
  std::int64_t queries, keys, width;
  float scale;
  bool causal;           // query i asks keys [0, i] alone
  const float* factors;  // of dropout, (queries, keys); null: none.  Readable for 16 floats behind the last.
};

// Null pointers: not wanted.
struct ShortHeadGradients {
  float *q, *k, *v;
  std::int64_t q_stride, k_stride, v_stride;
  bool q_accumulate, k_accumulate, v_accumulate;
};

bool is_short(std::int64_t keys, std::int64_t width);
// Of either function, for no more keys than this.
std::int64_t short_attention_floats(std::int64_t keys, std::int64_t width);

// y: a row per query.  log_sums: of each query, log_stride apart, log(sum(exp(scale * q k))); null: not wanted.
void short_attention(const ShortHead& head, float* scratch, float* y, std::int64_t y_stride, float* log_sums,
                     std::int64_t log_stride);
void short_attention_backward(const ShortHead& head, float* scratch, const float* d_y, std::int64_t y_stride,
                              const float* log_sums, std::int64_t log_stride, const ShortHeadGradients& gradients);

}  // namespace yupu::engine
