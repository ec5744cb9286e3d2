// AdaLoRA.  Zhang et al. 2023, arXiv:2303.10512, section 3; initial values and files as huggingface/peft has them.
//   y = W x + b + c P diag(lambda) Q drop(x),   P (O,r) = lora_B, lambda (r,1) = lora_E, Q (r,I) = lora_A
// c = alpha / (rank at the start + 1e-5): it stays when ranks are pruned, so that pruning is no jump of the rest.
// Fresh: P, Q from N(0, 0.02^2), lambda = 0.  Who keeps which rank: allocator.h.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "model/adapters/adapter.h"
#include "model/adapters/methods.h"

namespace yupu::model::adalora {

void build(Adapter& adapter, std::span<const ModuleRank> ranks);
void draw(Adapter& adapter, const Encoder& base, std::uint64_t seed);
void write_config(const AdapterConfig& config, OrderedJson& json);
Status read_config(const Json& json, std::string_view where, AdapterConfig& config);

}  // namespace yupu::model::adalora
