#include "model/adapters/adapter.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/hash.h"
#include "model/adapters/methods.h"

namespace yupu::model {
namespace {

using engine::Parameter;
using engine::Tensor;

constexpr std::array<std::string_view, kLayerModules> kModulePaths = {"attention.self.query", "attention.self.key",
                                                                      "attention.self.value", "attention.output.dense",
                                                                      "intermediate.dense",   "output.dense"};
constexpr std::string_view kPoolerPath = "bert.pooler.dense";
constexpr std::string_view kAllLinear = "all-linear";

bool matches(std::string_view path, std::string_view target) {
  if (target == kAllLinear || path == target) return true;
  return path.size() > target.size() && path.ends_with(target) && path[path.size() - target.size() - 1] == '.';
}

Result<std::vector<ModuleRank>> targeted(const AdapterConfig& config, const EncoderConfig& base) {
  std::vector<ModuleRank> ranks;
  std::set<std::string_view> unused(config.targets.begin(), config.targets.end());
  for (const ModuleAt at : all_modules(base)) {
    const std::string path = module_path(at);
    bool wanted = false;
    for (const std::string& target : config.targets) {
      if (!matches(path, target)) continue;
      wanted = true;
      unused.erase(target);
    }
    if (wanted) ranks.push_back({at, config.rank, config.alpha});
  }
  if (!unused.empty()) {
    return invalid_argument(fmt::format("target \"{}\" fits no linear layer of the base (layers: {}, pooler.dense; "
                                        "also all-linear)",
                                        *unused.begin(), fmt::join(kModulePaths, ", ")),
                            "targets");
  }
  return ranks;
}

Tensor keep_rows(const Tensor& matrix, const std::vector<bool>& kept, std::int64_t count) {
  Tensor rows = Tensor::empty({count, matrix.size(1)});
  std::int64_t next = 0;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (!kept[i]) continue;
    const auto at = static_cast<std::int64_t>(i);
    rows.rows(next, next + 1).copy_from(matrix.rows(at, at + 1));
    ++next;
  }
  return rows;
}

Tensor keep_columns(const Tensor& matrix, const std::vector<bool>& kept, std::int64_t count) {
  Tensor columns = Tensor::empty({matrix.size(0), count});
  for (std::int64_t r = 0; r < matrix.size(0); ++r) {
    std::int64_t next = 0;
    for (std::size_t i = 0; i < kept.size(); ++i) {
      if (kept[i]) columns.f32()[r * count + next++] = matrix.f32()[r * matrix.size(1) + static_cast<std::int64_t>(i)];
    }
  }
  return columns;
}

void replace_value(Parameter& parameter, Tensor value) {
  parameter.value = std::move(value);
  parameter.grad = Tensor();
  parameter.has_grad = false;
  parameter.value_changed();
}

}  // namespace

std::string module_path(ModuleAt at) {
  if (at.module == Module::kPooler) return std::string(kPoolerPath);
  return fmt::format("bert.encoder.layer.{}.{}", at.layer, kModulePaths[static_cast<std::size_t>(at.module)]);
}

ModuleSize module_size(const EncoderConfig& config, Module module) {
  const std::int64_t c = config.hidden_size;
  if (module == Module::kIntermediate) return {c, config.intermediate_size};
  if (module == Module::kOutput) return {config.intermediate_size, c};
  return {c, c};
}

std::vector<ModuleAt> all_modules(const EncoderConfig& config) {
  std::vector<ModuleAt> modules;
  for (std::int64_t layer = 0; layer < config.layer_count; ++layer) {
    for (std::size_t m = 0; m < kLayerModules; ++m) modules.push_back({layer, static_cast<Module>(m)});
  }
  modules.push_back({0, Module::kPooler});
  return modules;
}

Status AdapterConfig::validate(std::string_view where) const {
  if (find_adapter_method(method) == nullptr) {
    return invalid_argument(fmt::format("{}: method \"{}\" is unknown", where, method), "method");
  }
  struct Range {
    const char* name;
    double value, least, most;
  };
  const Range ranges[] = {{"rank", static_cast<double>(rank), 1, 1024},
                          {"alpha", alpha, 1e-6, 1e6},
                          {"dropout", dropout, 0.0, 0.95},
                          {"target_rank", static_cast<double>(target_rank), 1, 1024},
                          {"warmup_steps", static_cast<double>(warmup_steps), 0, 1e12},
                          {"final_steps", static_cast<double>(final_steps), 0, 1e12},
                          {"interval", static_cast<double>(interval), 1, 1e9},
                          {"beta1", beta1, 0.0, 0.9999},
                          {"beta2", beta2, 0.0, 0.9999},
                          {"orthogonality", orthogonality, 0.0, 100.0},
                          {"bottleneck", static_cast<double>(bottleneck), 1, 4096}};
  for (const Range& range : ranges) {
    if (range.value >= range.least && range.value <= range.most) continue;
    return invalid_argument(
        fmt::format("{}: {} is {}, must be {} to {}", where, range.name, range.value, range.least, range.most),
        range.name);
  }
  if (method != "houlsby" && targets.empty()) {
    return invalid_argument(fmt::format("{}: no targets: which linear layers shall change?", where), "targets");
  }
  if (method == "adalora" && target_rank > rank) {
    return invalid_argument(
        fmt::format("{}: target_rank {} is above rank {}, where training begins", where, target_rank, rank),
        "target_rank");
  }
  return ok_status();
}

Adapter::Adapter(const AdapterConfig& config, const EncoderConfig& base)
    : config_(config), base_config_(base), layers_(static_cast<std::size_t>(base.layer_count)) {}

Result<std::unique_ptr<Adapter>> Adapter::create(const AdapterConfig& config, const Encoder& base, std::uint64_t seed,
                                                 bool with_pooler) {
  YUPU_RETURN_IF_ERROR(config.validate("adapter"));
  const AdapterMethod& method = *find_adapter_method(config.method);
  std::vector<ModuleRank> ranks;
  if (method.low_rank) {
    YUPU_ASSIGN_OR_RETURN(ranks, targeted(config, base.config()));
  }
  if (with_pooler && std::any_of(ranks.begin(), ranks.end(),
                                 [](const ModuleRank& rank) { return rank.at.module == Module::kPooler; })) {
    return invalid_argument("targets: the base has no pooler: it is trained whole and cannot be a target", "targets");
  }
  auto adapter = blank(config, base.config(), ranks, with_pooler);
  method.draw(*adapter, base, seed);
  if (with_pooler) {
    for (const TensorBinding& binding : base.tensors()) {
      if (binding.name == "pooler.dense.weight") adapter->pooler_.gain->value.copy_from(binding.tensor);
      if (binding.name == "pooler.dense.bias") adapter->pooler_.bias->value.copy_from(binding.tensor);
    }
  }
  return adapter;
}

std::unique_ptr<Adapter> Adapter::blank(const AdapterConfig& config, const EncoderConfig& base,
                                        std::span<const ModuleRank> ranks, bool with_pooler) {
  std::unique_ptr<Adapter> adapter(new Adapter(config, base));
  const AdapterMethod* method = find_adapter_method(config.method);
  CHECK(method != nullptr, "an adapter needs a known method");
  method->build(*adapter, ranks);
  if (with_pooler) {
    const std::int64_t c = base.hidden_size;
    adapter->pooler_ = {adapter->add("bert.pooler.dense.weight", {c, c}, 0.0f, true),
                        adapter->add("bert.pooler.dense.bias", {c}, 0.0f, false)};
  }
  return adapter;
}

Parameter* Adapter::add(const std::string& name, const engine::Shape& shape, float fill, bool decay) {
  parameters_.push_back(std::make_unique<Parameter>(name, Tensor::full(shape, fill), decay));
  return parameters_.back().get();
}

LowRank& Adapter::mutable_low_rank(ModuleAt at) {
  if (at.module == Module::kPooler) return pooler_low_rank_;
  return layers_[static_cast<std::size_t>(at.layer)].low_rank[static_cast<std::size_t>(at.module)];
}

const LowRank& Adapter::low_rank(ModuleAt at) const { return const_cast<Adapter*>(this)->mutable_low_rank(at); }

std::vector<Parameter*> Adapter::parameters() const {
  std::vector<Parameter*> all;
  for (const auto& parameter : parameters_) all.push_back(parameter.get());
  return all;
}

std::size_t Adapter::inference_bytes() const {
  std::size_t sum = sizeof(Adapter);
  for (const auto& parameter : parameters_) {
    sum += parameter->value.byte_count() * (parameter->value.rank() == 2 ? 2 : 1);
  }
  for (const ModuleAt at : adapted()) sum -= low_rank(at).down->value.byte_count();
  return sum;
}

std::vector<ModuleAt> Adapter::adapted() const {
  std::vector<ModuleAt> modules;
  for (const ModuleAt at : all_modules(base_config_)) {
    if (low_rank(at).down != nullptr) modules.push_back(at);
  }
  return modules;
}

void Adapter::keep_ranks(ModuleAt at, const std::vector<bool>& kept) {
  const LowRank& change = low_rank(at);
  CHECK(change.down != nullptr && static_cast<std::size_t>(change.down->value.size(0)) == kept.size(),
        "keep_ranks of another rank");
  const std::int64_t count = std::count(kept.begin(), kept.end(), true);
  config_.rank_pattern.emplace_back(module_path(at) + ".lora_E", kept);
  if (count == static_cast<std::int64_t>(kept.size())) return;
  replace_value(*change.down, keep_rows(change.down->value, kept, count));
  replace_value(*change.up, keep_columns(change.up->value, kept, count));
  if (change.diagonal != nullptr) replace_value(*change.diagonal, keep_rows(change.diagonal->value, kept, count));
}

void Adapter::set_schedule(std::int64_t warmup_steps, std::int64_t final_steps, std::int64_t total_steps) {
  config_.warmup_steps = warmup_steps;
  config_.final_steps = final_steps;
  config_.total_steps = total_steps;
}

std::string base_fingerprint(const Encoder& base) {
  Sha256 hash;
  for (const Parameter* parameter : base.parameters()) {
    if (parameter->name.starts_with("pooler.")) continue;
    hash.field(parameter->name);
    hash.field({reinterpret_cast<const char*>(parameter->value.bytes()), parameter->value.byte_count()});
  }
  return hash.finish_hex();
}

}  // namespace yupu::model
