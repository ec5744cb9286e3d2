// Houlsby adapters.  Houlsby et al. 2019, arXiv:1902.00751, section 2.1; google-research/adapter-bert.
//   adapter(h) = h + W2 gelu(W1 h + b1) + b2,   W1 (m,C), W2 (C,m)
//   a = LN1(x + adapter1(dropout(Wo attention(x) + bo)));   y = LN2(a + adapter2(dropout(W2ff gelu(W1ff a + b1ff) +
//   ...)))
// Every layer norm, the embedding's too, is the adapter's own.  Fresh: weights truncated normal of deviation 1e-3,
// biases 0 (near identity: the paper's training fails far from it), layer norms as the base's.
// Files: PEFT has no such method; the layout is PEFT's with peft_type HOULSBY, bottlenecks under
// "...attention.output.adapter.{down,up}.{weight,bias}" and "...output.adapter...", layer norms under their own names.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "model/adapters/adapter.h"
#include "model/adapters/methods.h"

namespace yupu::model::houlsby {

void build(Adapter& adapter, std::span<const ModuleRank> ranks);
void draw(Adapter& adapter, const Encoder& base, std::uint64_t seed);
void write_config(const AdapterConfig& config, OrderedJson& json);
Status read_config(const Json& json, std::string_view where, AdapterConfig& config);

}  // namespace yupu::model::houlsby
