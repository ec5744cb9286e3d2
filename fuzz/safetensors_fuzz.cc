// safetensors bytes from anywhere: parsed or refused, never read out of bounds.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "model/checkpoint/safetensors.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = yupu::model::Safetensors::parse({reinterpret_cast<const char*>(data), size}, "fuzz");
  if (!file.ok()) return 0;
  for (const yupu::model::TensorEntry& entry : file->tensors()) {
    std::vector<float> values(static_cast<std::size_t>(entry.element_count()));
    (void)yupu::model::copy_to_f32(entry, values, "fuzz");
  }
  return 0;
}
