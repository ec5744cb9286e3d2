#include "engine/precision.h"

#include "engine/device/cpu/bf16_gemm.h"

namespace yupu::engine {

std::string_view precision_name(Precision precision) {
  switch (precision) {
    case Precision::kF32:
      return "fp32";
    case Precision::kBf16:
      return "bf16";
  }
  return "";
}

Precision supported_precision(Precision wanted) {
  return wanted == Precision::kBf16 && !bf16_in_hardware() ? Precision::kF32 : wanted;
}

}  // namespace yupu::engine
