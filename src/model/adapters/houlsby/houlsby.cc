#include "model/adapters/houlsby/houlsby.h"

#include <map>

#include <fmt/format.h>

#include "model/fresh_parameter.h"

namespace yupu::model::houlsby {
namespace {

constexpr float kDeviation = 1e-3f;
constexpr std::array<std::string_view, 2> kPlaces = {"attention.output", "output"};

NormPair norm(Adapter& adapter, const std::string& path) {
  const std::int64_t c = adapter.base_config().hidden_size;
  return {adapter.add(path + ".LayerNorm.weight", {c}, 1.0f, false),
          adapter.add(path + ".LayerNorm.bias", {c}, 0.0f, false)};
}

}  // namespace

void build(Adapter& adapter, std::span<const ModuleRank> /*ranks*/) {
  const std::int64_t c = adapter.base_config().hidden_size;
  const std::int64_t m = adapter.config().bottleneck;
  adapter.mutable_embedding_norm() = norm(adapter, "bert.embeddings");
  for (std::int64_t i = 0; i < adapter.base_config().layer_count; ++i) {
    AdapterLayer& layer = adapter.mutable_layer(static_cast<std::size_t>(i));
    for (std::size_t place = 0; place < kPlaces.size(); ++place) {
      const std::string path = fmt::format("bert.encoder.layer.{}.{}", i, kPlaces[place]);
      layer.bottleneck[place] = {.down_weight = adapter.add(path + ".adapter.down.weight", {m, c}, 0.0f, true),
                                 .down_bias = adapter.add(path + ".adapter.down.bias", {m}, 0.0f, false),
                                 .up_weight = adapter.add(path + ".adapter.up.weight", {c, m}, 0.0f, true),
                                 .up_bias = adapter.add(path + ".adapter.up.bias", {c}, 0.0f, false)};
      layer.norm[place] = norm(adapter, path);
    }
  }
}

void draw(Adapter& adapter, const Encoder& base, std::uint64_t seed) {
  std::map<std::string, engine::Tensor> of_base;
  for (const TensorBinding& binding : base.tensors()) of_base["bert." + binding.name] = binding.tensor;
  for (engine::Parameter* parameter : adapter.parameters()) {
    if (const auto it = of_base.find(parameter->name); it != of_base.end()) {
      parameter->value.copy_from(it->second);
    } else if (parameter->decay) {
      fill_truncated_normal(parameter->value, kDeviation, seed, parameter->name);
    }
  }
}

void write_config(const AdapterConfig& config, OrderedJson& json) { json["bottleneck_size"] = config.bottleneck; }

Status read_config(const Json& json, std::string_view where, AdapterConfig& config) {
  YUPU_ASSIGN_OR_RETURN(config.bottleneck, json_int(json, "bottleneck_size", where));
  return ok_status();
}

}  // namespace yupu::model::houlsby
