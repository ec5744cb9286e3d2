// The one table of how far results may be apart.  Per dtype and kind of comparison; relative to the largest reference
// value.
#pragma once

#include "engine/tensor.h"

namespace yupu::engine {

struct Tolerance {
  double reference;  // op against the slow reference in f64
  double gradient;   // backward against central differences of the f32 forward
};

constexpr Tolerance tolerance_of(DType dtype) {
  switch (dtype) {
    case DType::kF32:
      return {.reference = 4e-6, .gradient = 4e-3};
    case DType::kBF16:
      return {.reference = 2e-2, .gradient = 5e-2};
    case DType::kI8:
    case DType::kI32:
      return {.reference = 0, .gradient = 0};
  }
  return {};
}

}  // namespace yupu::engine
