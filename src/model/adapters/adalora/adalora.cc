#include "model/adapters/adalora/adalora.h"

#include <fmt/format.h>

#include "base/rng.h"
#include "model/adapters/lora/lora.h"

namespace yupu::model::adalora {
namespace {
constexpr double kDeviation = 0.02;
constexpr double kRankGuard = 1e-5;
}  // namespace

void build(Adapter& adapter, std::span<const ModuleRank> ranks) {
  const auto initial_rank = static_cast<double>(adapter.config().rank);
  for (const auto& [at, rank, alpha] : ranks) {
    const ModuleSize size = module_size(adapter.base_config(), at.module);
    const std::string path = module_path(at);
    adapter.mutable_low_rank(at) = {.down = adapter.add(path + ".lora_A", {rank, size.in}, 0.0f, true),
                                    .up = adapter.add(path + ".lora_B", {size.out, rank}, 0.0f, true),
                                    .diagonal = adapter.add(path + ".lora_E", {rank, 1}, 0.0f, true),
                                    .scale = static_cast<float>(alpha / (initial_rank + kRankGuard))};
  }
}

void draw(Adapter& adapter, const Encoder& /*base*/, std::uint64_t seed) {
  for (const ModuleAt at : adapter.adapted()) {
    const LowRank& change = adapter.low_rank(at);
    for (engine::Parameter* parameter : {change.down, change.up}) {
      Rng rng(seed, lora::stream_of(parameter->name));
      for (float& value : parameter->value.values()) value = static_cast<float>(kDeviation * rng.normal());
    }
  }
}

void write_config(const AdapterConfig& config, OrderedJson& json) {
  lora::write_low_rank_config(config, json);
  json["init_r"] = config.rank;
  json["target_r"] = config.target_rank;
  json["tinit"] = config.warmup_steps;
  json["tfinal"] = config.final_steps;
  json["deltaT"] = config.interval;
  json["beta1"] = config.beta1;
  json["beta2"] = config.beta2;
  json["orth_reg_weight"] = config.orthogonality;
  json["total_step"] = config.total_steps;
  if (config.rank_pattern.empty()) {
    json["rank_pattern"] = nullptr;
    return;
  }
  OrderedJson pattern = OrderedJson::object();
  for (const auto& [name, kept] : config.rank_pattern) pattern[name] = kept;
  json["rank_pattern"] = std::move(pattern);
}

Status read_config(const Json& json, std::string_view where, AdapterConfig& config) {
  YUPU_RETURN_IF_ERROR(lora::read_low_rank_config(json, where, config));
  YUPU_ASSIGN_OR_RETURN(config.rank, json_int(json, "init_r", where));
  YUPU_ASSIGN_OR_RETURN(config.target_rank, json_int(json, "target_r", where));
  const std::pair<const char*, std::int64_t*> steps[] = {{"tinit", &config.warmup_steps},
                                                         {"tfinal", &config.final_steps},
                                                         {"deltaT", &config.interval},
                                                         {"total_step", &config.total_steps}};
  for (const auto& [name, value] : steps) {
    if (json.contains(name) && !json[name].is_null()) {
      YUPU_ASSIGN_OR_RETURN(*value, json_int(json, name, where));
    }
  }
  const std::pair<const char*, double*> numbers[] = {
      {"beta1", &config.beta1}, {"beta2", &config.beta2}, {"orth_reg_weight", &config.orthogonality}};
  for (const auto& [name, value] : numbers) {
    if (json.contains(name)) {
      YUPU_ASSIGN_OR_RETURN(*value, json_number(json, name, where));
    }
  }
  config.rank_pattern.clear();
  const Json pattern = json.value("rank_pattern", Json());
  if (!pattern.is_object()) return ok_status();
  for (const auto& [name, kept] : pattern.items()) {
    std::vector<bool> flags;
    if (!kept.is_array()) return invalid_argument(fmt::format("{}: 'rank_pattern' of \"{}\" is no list", where, name));
    for (const Json& flag : kept) {
      if (!flag.is_boolean()) {
        return invalid_argument(fmt::format("{}: 'rank_pattern' of \"{}\" holds {}", where, name, to_text(flag)));
      }
      flags.push_back(flag.get<bool>());
    }
    config.rank_pattern.emplace_back(name, std::move(flags));
  }
  return ok_status();
}

}  // namespace yupu::model::adalora
