// Adapter directories in PEFT's layout, in and out:
//   adapter_config.json        peft_type, base_model_name_or_path, r, lora_alpha, target_modules, modules_to_save, ...
//   adapter_model.safetensors  "base_model.model." + the name of each of the adapter's parameters, and what it replaces
//                              whole (modules_to_save): "base_model.model.classifier.weight"
// LoRA tensors are "<path>.lora_A.weight" (r,I) and "<path>.lora_B.weight" (O,r), AdaLoRA's "<path>.lora_A", ".lora_B",
// ".lora_E" (r,1).  Which modules are adapted, and at which rank, is what the tensors say; target_modules is for people
// and for PEFT.  Read besides: ".modules_to_save." in a name, F16 and BF16 values.  Not read: DoRA, trained biases,
// fan_in_fan_out (each an error that names it).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/status.h"
#include "model/adapters/adapter.h"
#include "model/checkpoint/safetensors.h"

namespace yupu::model {

inline constexpr std::string_view kAdapterConfigFile = "adapter_config.json";
inline constexpr std::string_view kAdapterWeightsFile = "adapter_model.safetensors";

bool is_adapter_directory(const std::string& directory);

// An adapter directory, opened.
class AdapterFiles {
 public:
  // Outcomes  kNotFound: a file is absent; kInvalidArgument: file and member, or what is not supported.
  static Result<AdapterFiles> open(const std::string& directory);

  const AdapterConfig& config() const { return config_; }
  // Rows of "classifier.weight"; nothing when the head is the base's.
  std::optional<std::int64_t> class_count() const;

  // The adapter for a base of this shape.  `head`: the bindings of the classifier, filled when the file has them.
  // Outcomes  kInvalidArgument: a tensor of another shape (both shapes are named: most likely an adapter of another
  // base), one that is missing, unknown or not finite.
  Result<std::unique_ptr<Adapter>> read(const EncoderConfig& base, std::span<const TensorBinding> head) const;

 private:
  AdapterFiles(AdapterConfig config, Safetensors file) : config_(std::move(config)), file_(std::move(file)) {}
  Result<std::vector<ModuleRank>> module_ranks(const EncoderConfig& base) const;

  AdapterConfig config_;
  Safetensors file_;
};

// Writes both files; others in the directory stay.  `head`: saved beside the adapter under modules_to_save.
Status save_adapter(const std::string& directory, const Adapter& adapter, std::span<const TensorBinding> head);

}  // namespace yupu::model
