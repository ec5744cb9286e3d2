// Every op of the engine straight from its formula, in 64 bits, one loop after the other: what the real ops are
// measured against.  For tests alone; nothing here is fast, and nothing here is shared with the code under test except
// the random bits of dropout.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "engine/activation.h"
#include "engine/ops/dropout/dropout_mask.h"
#include "engine/packed_batch.h"

namespace yupu::engine::reference {

// A row-major matrix; a vector is one row.
struct Matrix {
  std::size_t rows = 0, columns = 0;
  std::vector<double> values;

  Matrix() = default;
  Matrix(std::size_t r, std::size_t c) : rows(r), columns(c), values(r * c) {}
  double& at(std::size_t r, std::size_t c) { return values[r * columns + c]; }
  double at(std::size_t r, std::size_t c) const { return values[r * columns + c]; }
};

inline double activate(Activation activation, double x) {
  switch (activation) {
    case Activation::kNone:
      return x;
    case Activation::kGelu:
      return 0.5 * x * std::erfc(-x / std::numbers::sqrt2);
    case Activation::kGeluTanh:
      return 0.5 * x * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x)));
    case Activation::kTanh:
      return std::tanh(x);
    case Activation::kRelu:
      return std::max(0.0, x);
  }
  return 0;
}

inline Matrix activate(Activation activation, Matrix x) {
  for (double& value : x.values) value = activate(activation, value);
  return x;
}

inline Matrix add(Matrix a, const Matrix& b, double factor = 1.0) {
  for (std::size_t i = 0; i < a.values.size(); ++i) a.values[i] += factor * b.values[i];
  return a;
}

// x weight^T
inline Matrix product(const Matrix& x, const Matrix& weight) {
  Matrix y(x.rows, weight.rows);
  for (std::size_t r = 0; r < x.rows; ++r) {
    for (std::size_t o = 0; o < weight.rows; ++o) {
      for (std::size_t i = 0; i < x.columns; ++i) y.at(r, o) += x.at(r, i) * weight.at(o, i);
    }
  }
  return y;
}

inline Matrix linear(const Matrix& x, const Matrix& weight, const Matrix& bias,
                     Activation activation = Activation::kNone) {
  Matrix y = product(x, weight);
  for (std::size_t r = 0; r < y.rows; ++r) {
    for (std::size_t o = 0; o < y.columns; ++o) y.at(r, o) += bias.values[o];
  }
  return activate(activation, y);
}

// scale * ((x down^T) .* diagonal) up^T; `diagonal` may be null.
inline Matrix low_rank(const Matrix& x, const Matrix& down, const Matrix& up, const Matrix* diagonal, double scale) {
  Matrix narrow = product(x, down);
  for (std::size_t r = 0; r < narrow.rows; ++r) {
    for (std::size_t k = 0; k < narrow.columns; ++k) {
      narrow.at(r, k) *= scale * (diagonal != nullptr ? diagonal->values[k] : 1.0);
    }
  }
  return product(narrow, up);
}

inline Matrix layer_norm(const Matrix& x, const Matrix& gain, const Matrix& bias, double epsilon) {
  Matrix y(x.rows, x.columns);
  const auto width = static_cast<double>(x.columns);
  for (std::size_t r = 0; r < x.rows; ++r) {
    double mean = 0, variance = 0;
    for (std::size_t c = 0; c < x.columns; ++c) mean += x.at(r, c) / width;
    for (std::size_t c = 0; c < x.columns; ++c) variance += (x.at(r, c) - mean) * (x.at(r, c) - mean) / width;
    for (std::size_t c = 0; c < x.columns; ++c) {
      y.at(r, c) = gain.values[c] * (x.at(r, c) - mean) / std::sqrt(variance + epsilon) + bias.values[c];
    }
  }
  return y;
}

inline Matrix dropout(Matrix x, const Dropout& options) {
  const DropoutStream stream = dropout_stream(options);
  const std::int64_t groups = dropout_groups(static_cast<std::int64_t>(x.columns));
  std::vector<float> factors(static_cast<std::size_t>(groups * kDropoutGroup), 1.0f);
  for (std::size_t r = 0; is_active(stream) && r < x.rows; ++r) {
    dropout_factors(stream, options.rows->sample_ids[r], options.rows->positions[r], 0, groups, factors.data());
    for (std::size_t c = 0; c < x.columns; ++c) x.at(r, c) *= factors[c];
  }
  return x;
}

// One sequence and head of attention, rows [begin, begin + length) and columns [column, column + width).
inline void attend(Matrix& y, const Matrix& q, const Matrix& k, const Matrix& v, std::size_t begin, std::size_t length,
                   std::size_t column, std::size_t width, const std::vector<float>& factors, bool causal) {
  for (std::size_t i = begin; i < begin + length; ++i) {
    std::vector<double> p(length);
    double sum = 0;
    for (std::size_t j = 0; j < (causal ? i - begin + 1 : length); ++j) {
      double score = 0;
      for (std::size_t d = column; d < column + width; ++d) score += q.at(i, d) * k.at(begin + j, d);
      sum += p[j] = std::exp(score / std::sqrt(static_cast<double>(width)));
    }
    for (std::size_t j = 0; j < length; ++j) {
      const double weight = p[j] / sum * factors[(i - begin) * length + j];
      for (std::size_t d = column; d < column + width; ++d) y.at(i, d) += weight * v.at(begin + j, d);
    }
  }
}

inline Matrix attention(const Matrix& q, const Matrix& k, const Matrix& v, const PackedBatch& batch, std::size_t heads,
                        const Dropout& options = {}, bool causal = false) {
  const DropoutStream stream = dropout_stream(options);
  const std::size_t width = q.columns / heads;
  Matrix y(q.rows, q.columns);
  for (std::size_t b = 0; b + 1 < batch.cu_seqlens.size(); ++b) {
    const auto begin = static_cast<std::size_t>(batch.cu_seqlens[b]);
    const auto length = static_cast<std::size_t>(batch.cu_seqlens[b + 1]) - begin;
    const std::int64_t groups = dropout_groups(static_cast<std::int64_t>(length * length));
    std::vector<float> factors(static_cast<std::size_t>(groups * kDropoutGroup), 1.0f);
    for (std::size_t h = 0; h < heads; ++h) {
      if (is_active(stream)) {
        dropout_factors(stream, batch.sample_ids[b], static_cast<std::uint32_t>(h), 0, groups, factors.data());
      }
      attend(y, q, k, v, begin, length, h * width, width, factors, causal);
    }
  }
  return y;
}

// Columns [part * C, (part + 1) * C) of a fused projection.
inline Matrix column_part(const Matrix& fused, std::size_t part, std::size_t parts) {
  Matrix y(fused.rows, fused.columns / parts);
  for (std::size_t r = 0; r < y.rows; ++r) {
    for (std::size_t c = 0; c < y.columns; ++c) y.at(r, c) = fused.at(r, part * y.columns + c);
  }
  return y;
}

inline Matrix gather_rows(const Matrix& x, const std::vector<std::int32_t>& indices) {
  Matrix y(indices.size(), x.columns);
  for (std::size_t r = 0; r < y.rows; ++r) {
    for (std::size_t c = 0; c < y.columns; ++c) y.at(r, c) = x.at(static_cast<std::size_t>(indices[r]), c);
  }
  return y;
}

inline Matrix embedding(const Matrix& word, const Matrix& position, const Matrix& type, const PackedBatch& batch) {
  return add(add(gather_rows(word, batch.tokens), gather_rows(position, batch.positions)),
             gather_rows(type, batch.token_types));
}

inline Matrix mean_pool(const Matrix& x, const std::vector<std::int32_t>& cu_seqlens) {
  Matrix y(cu_seqlens.size() - 1, x.columns);
  for (std::size_t b = 0; b < y.rows; ++b) {
    for (std::int32_t n = cu_seqlens[b]; n < cu_seqlens[b + 1]; ++n) {
      for (std::size_t c = 0; c < y.columns; ++c) {
        y.at(b, c) += x.at(static_cast<std::size_t>(n), c) / (cu_seqlens[b + 1] - cu_seqlens[b]);
      }
    }
  }
  return y;
}

// One element: the sum over the rows with a label (not negative), or their mean.
inline Matrix cross_entropy(const Matrix& logits, const std::vector<std::int32_t>& labels, double smoothing,
                            bool mean) {
  Matrix loss(1, 1);
  double counted = 0;
  for (std::size_t r = 0; r < logits.rows; ++r) {
    if (labels[r] < 0) continue;
    double sum = 0, average = 0;
    for (std::size_t k = 0; k < logits.columns; ++k) {
      sum += std::exp(logits.at(r, k));
      average += logits.at(r, k) / static_cast<double>(logits.columns);
    }
    const double right = logits.at(r, static_cast<std::size_t>(labels[r]));
    loss.values[0] += std::log(sum) - (1 - smoothing) * right - smoothing * average;
    counted += 1;
  }
  if (mean) loss.values[0] /= counted;
  return loss;
}

}  // namespace yupu::engine::reference
