// What the operands of a linear layer's products are rounded to, forward and backward.  Everything else (weights,
// gradients, moments, sums, attention, layer norm, activations, loss) is f32 either way.
#pragma once

#include <cstdint>
#include <string_view>

namespace yupu::engine {

enum class Precision : std::uint8_t { kF32, kBf16 };

// As users write it: "fp32", "bf16".
std::string_view precision_name(Precision precision);
// What `wanted` comes to on this machine: bf16 where it is multiplied in hardware, else f32.
Precision supported_precision(Precision wanted);

}  // namespace yupu::engine
