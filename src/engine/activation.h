// The activations a layer may end in.
#pragma once

#include <cstdint>

namespace yupu::engine {

enum class Activation : std::uint8_t {
  kNone,
  kGelu,      // exact, x * Phi(x), Hendrycks and Gimpel 2016, arXiv:1606.08415
  kGeluTanh,  // its tanh approximation (gelu_new)
  kTanh,
  kRelu,
};

}  // namespace yupu::engine
