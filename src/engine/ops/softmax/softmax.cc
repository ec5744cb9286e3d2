#include "engine/ops/softmax/softmax.h"

#include "engine/ops/op.h"
#include "engine/ops/softmax/softmax_kernel.h"

namespace yupu::engine {

Tensor softmax(ExecutionContext& context, const Tensor& x) {
  check_matrix(x, "x of softmax");
  CHECK(x.size(1) > 0, "softmax over no classes");
  const std::int64_t columns = x.size(1);
  Tensor y = context.empty(x.shape());
  context.team().parallel_for(x.size(0), 4, [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int64_t r = begin; r < end; ++r) softmax_row(x.f32() + r * columns, 1.0f, columns, y.f32() + r * columns);
  });
  return y;
}

}  // namespace yupu::engine
