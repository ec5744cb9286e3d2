// Matrices of vectors as wide as a model's pooled ones, in and out of the files beside its weights (scope.h,
// neighbours.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "engine/tensor.h"
#include "model/checkpoint/safetensors.h"

namespace yupu::tasks {

engine::Tensor scope_matrix(const std::vector<float>& values, std::size_t width);

// Outcomes  kInvalidArgument naming file and tensor: absent, of another width, with `square` not as high as wide, a
// value that is no number.
Result<std::vector<float>> read_scope_matrix(const model::Safetensors& file, std::string_view name, std::int64_t width,
                                             bool square);

}  // namespace yupu::tasks
