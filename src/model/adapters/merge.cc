#include "model/adapters/merge.h"

#include <map>
#include <vector>

#include <fmt/format.h>

#include "model/adapters/methods.h"

namespace yupu::model {
namespace {

void add_change(const LowRank& change, double sign, const engine::Tensor& weight) {
  const std::int64_t rank = change.down->value.size(0);
  const std::int64_t in = weight.size(1);
  std::vector<double> row(static_cast<std::size_t>(in));
  for (std::int64_t o = 0; o < weight.size(0); ++o) {
    float* const target = weight.f32() + o * in;
    for (std::int64_t i = 0; i < in; ++i) row[static_cast<std::size_t>(i)] = static_cast<double>(target[i]);
    for (std::int64_t r = 0; r < rank; ++r) {
      const float* const down = change.down->value.f32() + r * in;
      const double diagonal = change.diagonal != nullptr ? static_cast<double>(change.diagonal->value.f32()[r]) : 1.0;
      const double factor = sign * static_cast<double>(change.scale) * diagonal *
                            static_cast<double>(change.up->value.f32()[o * rank + r]);
      for (std::int64_t i = 0; i < in; ++i) row[static_cast<std::size_t>(i)] += factor * static_cast<double>(down[i]);
    }
    for (std::int64_t i = 0; i < in; ++i) target[i] = static_cast<float>(row[static_cast<std::size_t>(i)]);
  }
}

void swap_values(engine::Parameter& a, const TensorBinding& b) {
  const engine::Tensor kept = a.value.clone();
  a.value.copy_from(b.tensor);
  b.tensor.copy_from(kept);
  a.value_changed();
  b.parameter->value_changed();
}

Status apply(Adapter& adapter, Encoder& base, double sign) {
  const AdapterMethod& method = *find_adapter_method(adapter.config().method);
  if (!method.low_rank) {
    return invalid_argument(
        fmt::format("a {} adapter adds layers of its own and cannot be merged into its base", method.name));
  }
  std::map<std::string, TensorBinding> of_base;
  for (TensorBinding& binding : base.tensors()) of_base.emplace("bert." + binding.name, std::move(binding));
  for (const ModuleAt at : adapter.adapted()) {
    const LowRank& change = adapter.low_rank(at);
    const auto it = of_base.find(module_path(at) + ".weight");
    if (it == of_base.end() || it->second.tensor.size(0) != change.up->value.size(0) ||
        it->second.tensor.size(1) != change.down->value.size(1)) {
      return invalid_argument(fmt::format("merge: the base has no {} for {} x {}", module_path(at),
                                          change.up->value.shape().to_text(), change.down->value.shape().to_text()));
    }
  }
  for (const ModuleAt at : adapter.adapted()) {
    const TensorBinding& binding = of_base.at(module_path(at) + ".weight");
    add_change(adapter.low_rank(at), sign, binding.tensor);
    binding.parameter->value_changed();
  }
  if (adapter.pooler().gain != nullptr) {
    swap_values(*adapter.pooler().gain, of_base.at("bert.pooler.dense.weight"));
    swap_values(*adapter.pooler().bias, of_base.at("bert.pooler.dense.bias"));
  }
  return ok_status();
}

}  // namespace

Status merge(Adapter& adapter, Encoder& base) { return apply(adapter, base, 1.0); }
Status unmerge(Adapter& adapter, Encoder& base) { return apply(adapter, base, -1.0); }

}  // namespace yupu::model
