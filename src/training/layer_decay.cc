#include "training/layer_decay.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>

namespace yupu::training {
namespace {

// 0 the embeddings, N+1 of encoder.layer.N, nothing above the encoder.
std::optional<int> depth_of(std::string_view name) {
  constexpr std::string_view kLayer = "encoder.layer.";
  if (const std::size_t at = name.find(kLayer); at != std::string_view::npos) {
    const std::string_view rest = name.substr(at + kLayer.size());
    int layer = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), layer);
    if (error == std::errc()) return layer + 1;
  }
  if (name.find("embeddings.") != std::string_view::npos) return 0;
  return std::nullopt;
}

}  // namespace

void scale_by_depth(std::span<engine::Parameter* const> parameters, double decay) {
  if (decay == 1.0) return;
  int deepest = 0;
  for (const engine::Parameter* parameter : parameters)
    deepest = std::max(deepest, depth_of(parameter->name).value_or(0));
  for (engine::Parameter* parameter : parameters) {
    if (const auto depth = depth_of(parameter->name))
      parameter->learning_rate_scale *= static_cast<float>(std::pow(decay, deepest + 1 - *depth));
  }
}

}  // namespace yupu::training
