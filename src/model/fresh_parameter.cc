#include "model/fresh_parameter.h"

#include <utility>

#include "base/hash.h"
#include "base/rng.h"

namespace yupu::model {

using engine::Parameter;
using engine::Tensor;

void fill_truncated_normal(const Tensor& tensor, float deviation, std::uint64_t seed, const std::string& name) {
  std::uint64_t stream = 0;
  const std::string digest = sha256_hex(name);
  for (std::size_t i = 0; i < 16; ++i) {
    stream = stream << 4 | static_cast<std::uint64_t>(digest[i] <= '9' ? digest[i] - '0' : digest[i] - 'a' + 10);
  }
  if (deviation == 0) return tensor.zero();
  Rng rng(seed, stream);
  for (float& value : tensor.values()) {
    double draw = rng.normal();
    while (draw < -2.0 || draw > 2.0) draw = rng.normal();
    value = static_cast<float>(draw) * deviation;
  }
}

std::unique_ptr<Parameter> fresh_matrix(const std::string& name, const engine::Shape& shape, float deviation,
                                        std::uint64_t seed) {
  Tensor value = Tensor::empty(shape);
  if (deviation >= 0) fill_truncated_normal(value, deviation, seed, name);
  return std::make_unique<Parameter>(name, std::move(value), true);
}

std::unique_ptr<Parameter> fresh_vector(const std::string& name, std::int64_t size, float value) {
  return std::make_unique<Parameter>(name, Tensor::full({size}, value), false);
}

}  // namespace yupu::model
