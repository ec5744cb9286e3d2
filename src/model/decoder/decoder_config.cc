#include "model/decoder/decoder_config.h"

#include <array>

#include <fmt/format.h>

#include "model/config_fields.h"
#include "model/encoder/encoder_config.h"

namespace yupu::model {
namespace {

using SizeRow = SizeField<DecoderConfig>;
using NumberRow = NumberField<DecoderConfig>;

constexpr std::int64_t kInnerShare = 4;  // F of C where nothing else is said

// Limits: far above any GPT-2, low enough that no product of two of them overflows.
constexpr std::array kSizes = {
    SizeRow{"vocab_size", &DecoderConfig::vocab_size, 1, 10'000'000},
    SizeRow{"n_positions", &DecoderConfig::position_count, 2, 1'000'000},
    SizeRow{"n_embd", &DecoderConfig::hidden_size, 1, 65'536},
    SizeRow{"n_layer", &DecoderConfig::layer_count, 1, 1'000},
    SizeRow{"n_head", &DecoderConfig::head_count, 1, 1'024},
    SizeRow{"n_inner", &DecoderConfig::inner_size, 1, 1'000'000},
};

constexpr std::array kNumbers = {
    NumberRow{"embd_pdrop", &DecoderConfig::embedding_dropout, 0.0f, 1.0f},
    NumberRow{"resid_pdrop", &DecoderConfig::residual_dropout, 0.0f, 1.0f},
    NumberRow{"attn_pdrop", &DecoderConfig::attention_dropout, 0.0f, 1.0f},
    NumberRow{"layer_norm_epsilon", &DecoderConfig::layer_norm_epsilon, 0.0f, 1.0f},
    NumberRow{"initializer_range", &DecoderConfig::initializer_range, 0.0f, 10.0f},
};

constexpr std::string_view kModelType = "gpt2";

// Switches that make another model of the same weights, and the value that leaves it GPT-2.
struct Switch {
  const char* key;
  bool usual;
};
constexpr std::array kSwitches = {
    Switch{"tie_word_embeddings", true},
    Switch{"scale_attn_weights", true},
    Switch{"scale_attn_by_inverse_layer_idx", false},
    Switch{"add_cross_attention", false},
};

Status refuse_other_models(const Json& json, std::string_view where) {
  YUPU_ASSIGN_OR_RETURN(const std::string type, json_string(json, "model_type", where));
  if (type != kModelType) return unsupported(where, "model_type", type, "supported here: gpt2");
  for (const Switch& row : kSwitches) {
    if (json.contains(row.key) && !json[row.key].is_null() && json[row.key] != row.usual)
      return unsupported(where, row.key, to_text(json[row.key]), fmt::format("supported: {}", row.usual));
  }
  return ok_status();
}

}  // namespace

Status DecoderConfig::validate(std::string_view where) const {
  YUPU_RETURN_IF_ERROR(check_fields<DecoderConfig>(*this, kSizes, kNumbers, where));
  if (hidden_size % head_count != 0) {
    return invalid_argument(
        fmt::format("{}: 'n_embd' {} is not a multiple of 'n_head' {}", where, hidden_size, head_count), "n_head");
  }
  if (end_token_id < 0 || end_token_id >= vocab_size) {
    return invalid_argument(
        fmt::format("{}: 'eos_token_id' {} is outside the vocabulary of {}", where, end_token_id, vocab_size),
        "eos_token_id");
  }
  return ok_status();
}

void DecoderConfig::write_to(OrderedJson& json) const {
  json["model_type"] = kModelType;
  for (const SizeRow& row : kSizes) json[row.key] = this->*row.member;
  json["activation_function"] = activation_name(activation);
  for (const NumberRow& row : kNumbers) json[row.key] = short_number(this->*row.member);
  for (const Switch& row : kSwitches) json[row.key] = row.usual;
  json["bos_token_id"] = end_token_id;
  json["eos_token_id"] = end_token_id;
}

Result<DecoderConfig> DecoderConfig::from_json(const Json& json, std::string_view where) {
  if (!json.is_object()) return invalid_argument(fmt::format("{}: must be a JSON object", where));
  YUPU_RETURN_IF_ERROR(refuse_other_models(json, where));
  DecoderConfig config;
  for (const SizeRow& row : kSizes) {
    const auto it = json.find(row.key);
    if (row.member == &DecoderConfig::inner_size && (it == json.end() || it->is_null())) {
      config.inner_size = kInnerShare * config.hidden_size;  // n_embd comes earlier in the table
      continue;
    }
    YUPU_ASSIGN_OR_RETURN(config.*row.member, json_int(json, row.key, where));
  }
  YUPU_RETURN_IF_ERROR(read_activation(json, "activation_function", where, config.activation));
  for (const NumberRow& row : kNumbers) {
    const auto it = json.find(row.key);
    if (it == json.end() || it->is_null()) continue;
    YUPU_ASSIGN_OR_RETURN(const double value, json_number(json, row.key, where));
    config.*row.member = static_cast<float>(value);
  }
  config.end_token_id = config.vocab_size - 1;  // where GPT-2's own vocabulary has it
  if (const auto end = json.find("eos_token_id"); end != json.end() && !end->is_null()) {
    YUPU_ASSIGN_OR_RETURN(config.end_token_id, json_int(json, "eos_token_id", where));
  }
  YUPU_RETURN_IF_ERROR(config.validate(where));
  return config;
}

Result<DecoderConfig> decoder_preset(std::string_view name) {
  YUPU_ASSIGN_OR_RETURN(const EncoderConfig sizes, preset_config(name));
  DecoderConfig config;
  config.hidden_size = sizes.hidden_size;
  config.layer_count = sizes.layer_count;
  config.head_count = sizes.head_count;
  config.inner_size = kInnerShare * sizes.hidden_size;
  return config;
}

}  // namespace yupu::model
