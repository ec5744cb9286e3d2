#include "model/adapters/lora/lora.h"

#include <cmath>

#include <fmt/format.h>

#include "base/hash.h"
#include "base/rng.h"

namespace yupu::model::lora {

std::uint64_t stream_of(std::string_view name) {
  const Digest digest = Sha256().update(name).finish();
  std::uint64_t stream = 0;
  for (std::size_t i = 0; i < 8; ++i) stream = stream << 8 | digest[i];
  return stream;
}

void build(Adapter& adapter, std::span<const ModuleRank> ranks) {
  for (const auto& [at, rank, alpha] : ranks) {
    const ModuleSize size = module_size(adapter.base_config(), at.module);
    const auto r = static_cast<double>(rank);
    adapter.mutable_low_rank(at) = {
        .down = adapter.add(module_path(at) + ".lora_A.weight", {rank, size.in}, 0.0f, true),
        .up = adapter.add(module_path(at) + ".lora_B.weight", {size.out, rank}, 0.0f, true),
        .diagonal = nullptr,
        .scale = rank == 0 ? 0.0f : static_cast<float>(alpha / (adapter.config().rslora ? std::sqrt(r) : r))};
  }
}

void draw(Adapter& adapter, const Encoder& /*base*/, std::uint64_t seed) {
  for (const ModuleAt at : adapter.adapted()) {
    engine::Parameter& down = *adapter.low_rank(at).down;
    const double bound = 1.0 / std::sqrt(static_cast<double>(down.value.size(1)));
    Rng rng(seed, stream_of(down.name));
    for (float& value : down.value.values()) value = static_cast<float>((2.0 * rng.uniform() - 1.0) * bound);
  }
}

void write_low_rank_config(const AdapterConfig& config, OrderedJson& json) {
  json["r"] = config.rank;
  json["lora_alpha"] = config.alpha;
  json["lora_dropout"] = config.dropout;
  if (config.targets.size() == 1 && config.targets[0] == "all-linear") {
    json["target_modules"] = "all-linear";
  } else {
    json["target_modules"] = config.targets;
  }
  json["bias"] = "none";
  json["fan_in_fan_out"] = false;
  json["init_lora_weights"] = true;
  json["layers_to_transform"] = nullptr;
  json["layers_pattern"] = nullptr;
  json["use_rslora"] = config.rslora;
}

Status read_low_rank_config(const Json& json, std::string_view where, AdapterConfig& config) {
  YUPU_ASSIGN_OR_RETURN(config.alpha, json_number(json, "lora_alpha", where));
  if (json.contains("lora_dropout")) {
    YUPU_ASSIGN_OR_RETURN(config.dropout, json_number(json, "lora_dropout", where));
  }
  config.rslora = json.value("use_rslora", Json(false)) == Json(true);
  config.targets.clear();
  const Json targets = json.value("target_modules", Json());
  if (targets.is_array()) {
    for (const Json& target : targets) {
      if (!target.is_string())
        return invalid_argument(fmt::format("{}: 'target_modules' holds {}", where, to_text(target)));
      config.targets.push_back(target.get<std::string>());
    }
  } else if (targets.is_string()) {
    config.targets = {targets.get<std::string>()};  // all-linear or a pattern: the file's tensors say which
  }
  const std::pair<const char*, Json> unsupported[] = {
      {"use_dora", true}, {"fan_in_fan_out", true}, {"lora_bias", true}, {"use_bdlora", true}};
  for (const auto& [name, value] : unsupported) {
    if (json.value(name, Json()) == value) {
      return invalid_argument(fmt::format("{}: '{}' = {} is not supported", where, name, to_text(value)), name);
    }
  }
  if (const Json bias = json.value("bias", Json("none")); bias != Json("none")) {
    return invalid_argument(fmt::format("{}: 'bias' = {} is not supported (known: none)", where, to_text(bias)),
                            "bias");
  }
  return ok_status();
}

void write_config(const AdapterConfig& config, OrderedJson& json) {
  write_low_rank_config(config, json);
  json["rank_pattern"] = OrderedJson::object();
  json["alpha_pattern"] = OrderedJson::object();
}

Status read_config(const Json& json, std::string_view where, AdapterConfig& config) {
  YUPU_ASSIGN_OR_RETURN(config.rank, json_int(json, "r", where));
  return read_low_rank_config(json, where, config);
}

}  // namespace yupu::model::lora
