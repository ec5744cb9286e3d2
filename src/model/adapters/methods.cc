#include "model/adapters/methods.h"

#include <array>

#include "model/adapters/adalora/adalora.h"
#include "model/adapters/houlsby/houlsby.h"
#include "model/adapters/lora/lora.h"

namespace yupu::model {
namespace {
constexpr std::array kMethods = {
    AdapterMethod{"lora", "LORA", "low-rank change of linear layers", true, lora::build, lora::draw, lora::write_config,
                  lora::read_config},
    AdapterMethod{"adalora", "ADALORA", "low-rank change with a budget of ranks, spent where it matters", true,
                  adalora::build, adalora::draw, adalora::write_config, adalora::read_config},
    AdapterMethod{"houlsby", "HOULSBY", "bottlenecks behind both sub-layers, and layer norms", false, houlsby::build,
                  houlsby::draw, houlsby::write_config, houlsby::read_config},
};
}  // namespace

std::span<const AdapterMethod> adapter_methods() { return kMethods; }

const AdapterMethod* find_adapter_method(std::string_view name) {
  for (const AdapterMethod& method : kMethods) {
    if (method.name == name) return &method;
  }
  return nullptr;
}

const AdapterMethod* find_adapter_peft_type(std::string_view peft_type) {
  for (const AdapterMethod& method : kMethods) {
    if (method.peft_type == peft_type) return &method;
  }
  return nullptr;
}

}  // namespace yupu::model
