// LoRA.  Hu et al. 2021, arXiv:2106.09685; initial values and files as huggingface/peft has them.
//   y = W x + b + s B A drop(x),   A (r,I), B (O,r),   s = alpha / r, or alpha / sqrt(r) with rslora
// Fresh: A uniform in +-1/sqrt(I) (Kaiming-uniform with a = sqrt(5), as the published code, not the paper, has it),
// B = 0.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "model/adapters/adapter.h"
#include "model/adapters/methods.h"

namespace yupu::model::lora {

void build(Adapter& adapter, std::span<const ModuleRank> ranks);
void draw(Adapter& adapter, const Encoder& base, std::uint64_t seed);
void write_config(const AdapterConfig& config, OrderedJson& json);
Status read_config(const Json& json, std::string_view where, AdapterConfig& config);

// What LORA and ADALORA share: alpha, dropout, targets, bias; and the members that ask for what is not built.
void write_low_rank_config(const AdapterConfig& config, OrderedJson& json);
Status read_low_rank_config(const Json& json, std::string_view where, AdapterConfig& config);
// The stream of random numbers of one tensor: of its own for each name.
std::uint64_t stream_of(std::string_view name);

}  // namespace yupu::model::lora
