#include "engine/linear_algebra/cholesky.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "base/check.h"
#include "engine/device/cpu/gemm.h"

namespace yupu::engine {
namespace {

// A small lower triangular matrix in 64 bits, row-major; above the diagonal are zeros.
class Triangle {
 public:
  explicit Triangle(std::int64_t n) : n_(n), values_(static_cast<std::size_t>(n * n)) {}
  double& at(std::int64_t i, std::int64_t j) { return values_[static_cast<std::size_t>(i * n_ + j)]; }

  // Cholesky's factor in place of the matrix whose lower triangle is here.
  bool factor() {
    for (std::int64_t j = 0; j < n_; ++j) {
      for (std::int64_t i = j; i < n_; ++i) {
        double sum = at(i, j);
        for (std::int64_t k = 0; k < j; ++k) sum -= at(i, k) * at(j, k);
        if (i > j) {
          at(i, j) = sum / at(j, j);
        } else if (sum > 0.0 && std::isfinite(sum)) {
          at(j, j) = std::sqrt(sum);
        } else {
          return false;
        }
      }
    }
    return true;
  }

  Triangle inverse() {
    Triangle x(n_);
    for (std::int64_t j = 0; j < n_; ++j) {
      x.at(j, j) = 1.0 / at(j, j);
      for (std::int64_t i = j + 1; i < n_; ++i) {
        double sum = 0.0;
        for (std::int64_t k = j; k < i; ++k) sum -= at(i, k) * x.at(k, j);
        x.at(i, j) = sum / at(i, i);
      }
    }
    return x;
  }

 private:
  std::int64_t n_;
  std::vector<double> values_;
};

// `count` rows of `width` columns of a matrix, times `factor`, packed.
std::vector<float> block(const float* data, std::int64_t stride, std::int64_t count, std::int64_t width, float factor) {
  std::vector<float> out(static_cast<std::size_t>(count * width));
  for (std::int64_t i = 0; i < count; ++i) {
    for (std::int64_t j = 0; j < width; ++j)
      out[static_cast<std::size_t>(i * width + j)] = factor * data[i * stride + j];
  }
  return out;
}

// The lower triangle of `a` becomes L; the diagonal of `x` the inverses of its diagonal blocks.
bool factor(ExecutionContext& context, std::int64_t n, float* a, float* x) {
  for (std::int64_t o = 0; o < n; o += kCholeskyBlock) {
    const std::int64_t b = std::min(kCholeskyBlock, n - o), below = n - o - b;
    float* diagonal = a + o * n + o;
    if (o > 0) {  // what the columns to the left explain
      const std::vector<float> left = block(a + o * n, n, b, o, -1.0f);
      gemm(context, {.rows = n - o, .columns = b, .depth = o}, {.data = a + o * n, .stride = n},
           {.data = left.data(), .stride = o, .transposed = true}, {.data = diagonal, .stride = n, .accumulate = true});
    }
    Triangle lower(b);
    for (std::int64_t i = 0; i < b; ++i) {
      for (std::int64_t j = 0; j <= i; ++j) lower.at(i, j) = static_cast<double>(diagonal[i * n + j]);
    }
    if (!lower.factor()) return false;
    Triangle inverse = lower.inverse();
    for (std::int64_t i = 0; i < b; ++i) {
      for (std::int64_t j = 0; j < b; ++j) {
        diagonal[i * n + j] = static_cast<float>(lower.at(i, j));
        x[(o + i) * n + o + j] = static_cast<float>(inverse.at(i, j));
      }
    }
    if (below == 0) continue;
    const std::vector<float> panel = block(diagonal + b * n, n, below, b, 1.0f);
    gemm(context, {.rows = below, .columns = b, .depth = b}, {.data = panel.data(), .stride = b},
         {.data = x + o * n + o, .stride = n, .transposed = true}, {.data = diagonal + b * n, .stride = n});
  }
  return true;
}

// x = L^-1 below its diagonal blocks, which are there.
void invert_lower(ExecutionContext& context, std::int64_t n, const float* l, float* x) {
  for (std::int64_t o = kCholeskyBlock; o < n; o += kCholeskyBlock) {
    const std::int64_t b = std::min(kCholeskyBlock, n - o);
    std::vector<float> above(static_cast<std::size_t>(b * o));
    gemm(context, {.rows = b, .columns = o, .depth = o}, {.data = l + o * n, .stride = n}, {.data = x, .stride = n},
         {.data = above.data(), .stride = o});
    const std::vector<float> negative = block(x + o * n + o, n, b, b, -1.0f);
    gemm(context, {.rows = b, .columns = o, .depth = b}, {.data = negative.data(), .stride = b},
         {.data = above.data(), .stride = o}, {.data = x + o * n, .stride = n});
  }
}

// a = x^T x, x lower triangular: the lower triangle, then its mirror image.
void multiply_back(ExecutionContext& context, std::int64_t n, const float* x, float* a) {
  for (std::int64_t o = 0; o < n; o += kCholeskyBlock) {
    const std::int64_t b = std::min(kCholeskyBlock, n - o);
    gemm(context, {.rows = b, .columns = o + b, .depth = n - o},
         {.data = x + o * n + o, .stride = n, .transposed = true}, {.data = x + o * n, .stride = n},
         {.data = a + o * n, .stride = n});
  }
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < i; ++j) a[j * n + i] = a[i * n + j];
  }
}

}  // namespace

bool invert_positive_definite(ExecutionContext& context, const Tensor& a) {
  CHECK(a.rank() == 2 && a.size(0) == a.size(1) && a.dtype() == DType::kF32,
        fmt::format("the inverse of {}", a.shape().to_text()));
  const std::int64_t n = a.size(0);
  const Tensor x = context.zeros({n, n});
  if (!factor(context, n, a.f32(), x.f32())) return false;
  invert_lower(context, n, a.f32(), x.f32());
  multiply_back(context, n, x.f32(), a.f32());
  return true;
}

}  // namespace yupu::engine
