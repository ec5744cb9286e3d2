#include "model/encoder/encoder_config.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/device/cpu/int8_gemm.h"
#include "model/config_fields.h"

namespace yupu::model {
namespace {

constexpr std::array kPresets = {
    EncoderPreset{"tiny", "2 layers of 128: seconds to train, for small sets", 2, 128, 2},
    EncoderPreset{"mini", "4 layers of 256", 4, 256, 4},
    EncoderPreset{"small", "4 layers of 512", 4, 512, 8},
    EncoderPreset{"medium", "8 layers of 512", 8, 512, 8},
    EncoderPreset{"base", "12 layers of 768, the size of BERT-base", 12, 768, 12},
};

using SizeRow = SizeField<EncoderConfig>;
using NumberRow = NumberField<EncoderConfig>;

// Limits: far above any BERT, low enough that no product of two of them overflows.
constexpr std::array kSizes = {
    SizeRow{"vocab_size", &EncoderConfig::vocab_size, 1, 10'000'000},
    SizeRow{"hidden_size", &EncoderConfig::hidden_size, 1, 65'536},
    SizeRow{"num_hidden_layers", &EncoderConfig::layer_count, 1, 1'000},
    SizeRow{"num_attention_heads", &EncoderConfig::head_count, 1, 1'024},
    SizeRow{"intermediate_size", &EncoderConfig::intermediate_size, 1, 1'000'000},
    SizeRow{"max_position_embeddings", &EncoderConfig::position_count, 2, 1'000'000},
    SizeRow{"type_vocab_size", &EncoderConfig::type_count, 1, 1'024},
};

constexpr std::array kNumbers = {
    NumberRow{"hidden_dropout_prob", &EncoderConfig::hidden_dropout, 0.0f, 1.0f},
    NumberRow{"attention_probs_dropout_prob", &EncoderConfig::attention_dropout, 0.0f, 1.0f},
    NumberRow{"classifier_dropout", &EncoderConfig::classifier_dropout, 0.0f, 1.0f},
    NumberRow{"layer_norm_eps", &EncoderConfig::layer_norm_epsilon, 0.0f, 1.0f},
    NumberRow{"initializer_range", &EncoderConfig::initializer_range, 0.0f, 10.0f},
};

Status refuse_other_models(const Json& json, std::string_view where) {
  YUPU_ASSIGN_OR_RETURN(const std::string type, json_string(json, "model_type", where));
  if (type != "bert") return unsupported(where, "model_type", type, "supported: bert");
  if (json.contains("position_embedding_type")) {
    YUPU_ASSIGN_OR_RETURN(const std::string position, json_string(json, "position_embedding_type", where));
    if (position != "absolute") return unsupported(where, "position_embedding_type", position, "supported: absolute");
  }
  for (const char* key : {"is_decoder", "add_cross_attention"}) {
    if (json.contains(key) && json[key] != false)
      return unsupported(where, key, to_text(json[key]), "an encoder is needed");
  }
  return ok_status();
}

constexpr std::string_view kQuantMethod = "yupu_int8";
constexpr std::int64_t kQuantFormat = 1;

Result<WeightFormat> read_weight_format(const Json& json, std::string_view where) {
  const auto it = json.find("quantization_config");
  if (it == json.end() || it->is_null()) return WeightFormat::kF32;
  if (!it->is_object()) {
    return invalid_argument(fmt::format("{}: 'quantization_config' must be an object", where), "quantization_config");
  }
  YUPU_ASSIGN_OR_RETURN(const std::string method, json_string(*it, "quant_method", where));
  if (method != kQuantMethod) {
    return unsupported(where, "quantization_config.quant_method", method, fmt::format("supported: {}", kQuantMethod));
  }
  YUPU_ASSIGN_OR_RETURN(const std::int64_t format, json_int(*it, "format", where));
  if (format != kQuantFormat) {
    return invalid_argument(
        fmt::format("{}: 'quantization_config' has format {}, this version reads {}", where, format, kQuantFormat),
        "quantization_config");
  }
  return WeightFormat::kInt8;
}

}  // namespace

Status EncoderConfig::validate(std::string_view where) const {
  YUPU_RETURN_IF_ERROR(check_fields<EncoderConfig>(*this, kSizes, kNumbers, where));
  if (hidden_size % head_count != 0) {
    return invalid_argument(fmt::format("{}: 'hidden_size' {} is not a multiple of 'num_attention_heads' {}", where,
                                        hidden_size, head_count),
                            "num_attention_heads");
  }
  if (weights == WeightFormat::kInt8 && std::max(hidden_size, intermediate_size) > engine::kInt8DepthMax) {
    return invalid_argument(fmt::format("{}: int8 weights take at most {} for 'hidden_size' and 'intermediate_size'",
                                        where, engine::kInt8DepthMax),
                            "quantization_config");
  }
  return ok_status();
}

void EncoderConfig::write_to(OrderedJson& json) const {
  json["model_type"] = "bert";
  json["vocab_size"] = vocab_size;
  json["hidden_size"] = hidden_size;
  json["num_hidden_layers"] = layer_count;
  json["num_attention_heads"] = head_count;
  json["intermediate_size"] = intermediate_size;
  json["hidden_act"] = activation_name(activation);
  for (const NumberRow& row : kNumbers) json[row.key] = short_number(this->*row.member);
  json["max_position_embeddings"] = position_count;
  json["type_vocab_size"] = type_count;
  json["pad_token_id"] = pad_token_id;
  json["position_embedding_type"] = "absolute";
  if (weights == WeightFormat::kInt8) {
    json["quantization_config"] = {{"quant_method", kQuantMethod}, {"format", kQuantFormat}, {"bits", 8}};
  }
}

Result<EncoderConfig> EncoderConfig::from_json(const Json& json, std::string_view where) {
  if (!json.is_object()) return invalid_argument(fmt::format("{}: must be a JSON object", where));
  YUPU_RETURN_IF_ERROR(refuse_other_models(json, where));
  EncoderConfig config;
  for (const SizeRow& row : kSizes) {
    YUPU_ASSIGN_OR_RETURN(config.*row.member, json_int(json, row.key, where));
  }
  YUPU_RETURN_IF_ERROR(read_activation(json, "hidden_act", where, config.activation));
  for (const NumberRow& row : kNumbers) {
    // classifier_dropout: null is how HuggingFace says "as hidden_dropout_prob", which comes earlier in the table.
    if (row.member == &EncoderConfig::classifier_dropout) config.classifier_dropout = config.hidden_dropout;
    const auto it = json.find(row.key);
    if (it == json.end() || it->is_null()) continue;
    YUPU_ASSIGN_OR_RETURN(const double value, json_number(json, row.key, where));
    config.*row.member = static_cast<float>(value);
  }
  if (const auto pad = json.find("pad_token_id"); pad != json.end() && !pad->is_null()) {
    YUPU_ASSIGN_OR_RETURN(config.pad_token_id, json_int(json, "pad_token_id", where));
  }
  YUPU_ASSIGN_OR_RETURN(config.weights, read_weight_format(json, where));
  YUPU_RETURN_IF_ERROR(config.validate(where));
  return config;
}

std::span<const EncoderPreset> encoder_presets() { return kPresets; }

Result<EncoderConfig> preset_config(std::string_view name) {
  std::vector<std::string_view> known;
  for (const EncoderPreset& preset : kPresets) {
    known.push_back(preset.name);
    if (preset.name != name) continue;
    EncoderConfig config;
    config.layer_count = preset.layer_count;
    config.hidden_size = preset.hidden_size;
    config.head_count = preset.head_count;
    config.intermediate_size = 4 * preset.hidden_size;
    return config;
  }
  return invalid_argument(fmt::format("no model size \"{}\" (known: {})", name, fmt::join(known, ", ")), "config");
}

std::int64_t parameter_count(const EncoderConfig& config) {
  const std::int64_t c = config.hidden_size;
  const std::int64_t f = config.intermediate_size;
  const std::int64_t embeddings = (config.vocab_size + config.position_count + config.type_count) * c + 2 * c;
  const std::int64_t layer = 4 * (c * c + c) + 2 * c * f + f + c + 4 * c;
  return embeddings + config.layer_count * layer + c * c + c;
}

}  // namespace yupu::model
