#include "tasks/classify/scope_matrix.h"

#include <algorithm>
#include <cmath>
#include <span>

#include <fmt/format.h>

namespace yupu::tasks {

engine::Tensor scope_matrix(const std::vector<float>& values, std::size_t width) {
  return engine::Tensor::from({static_cast<std::int64_t>(values.size() / width), static_cast<std::int64_t>(width)},
                              std::span<const float>(values));
}

Result<std::vector<float>> read_scope_matrix(const model::Safetensors& file, std::string_view name, std::int64_t width,
                                             bool square) {
  const model::TensorEntry* entry = file.find(name);
  if (entry == nullptr) return invalid_argument(fmt::format("{}: '{}' is missing", file.where(), name));
  if (entry->shape.size() != 2 || entry->shape[1] != width || entry->shape[0] < 1 ||
      (square && entry->shape[0] != width)) {
    return invalid_argument(fmt::format("{}: '{}' has shape {}, the model's vectors are {} wide", file.where(), name,
                                        model::shape_text(entry->shape), width));
  }
  std::vector<float> values(static_cast<std::size_t>(entry->element_count()));
  YUPU_RETURN_IF_ERROR(model::check_float_dtype(*entry, file.where()));
  YUPU_RETURN_IF_ERROR(model::copy_to_f32(*entry, values, file.where()));
  if (!std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); }))
    return invalid_argument(fmt::format("{}: '{}' holds a value that is no number", file.where(), name));
  return values;
}

}  // namespace yupu::tasks
