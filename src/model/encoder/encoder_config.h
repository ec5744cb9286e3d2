// What a BERT encoder is made of: a model is data.  Read from and written to HuggingFace's config.json.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/status.h"
#include "engine/ops/linear/linear.h"

namespace yupu::model {

// How the large matrices are kept.  kInt8: 8 bits with a scale per row (docs/formats/int8.md), for inference alone.
enum class WeightFormat : std::uint8_t { kF32, kInt8 };

struct EncoderConfig {
  std::int64_t vocab_size = 0;           // V
  std::int64_t hidden_size = 128;        // C
  std::int64_t layer_count = 2;          // L
  std::int64_t head_count = 2;           // H, divides C
  std::int64_t intermediate_size = 512;  // F
  std::int64_t position_count = 512;     // P, the longest sequence
  std::int64_t type_count = 2;           // token types
  engine::Activation activation = engine::Activation::kGelu;
  float hidden_dropout = 0.1f;
  float attention_dropout = 0.1f;
  float classifier_dropout = 0.1f;  // before the head; hidden_dropout when config.json does not say
  float layer_norm_epsilon = 1e-12f;
  float initializer_range = 0.02f;  // standard deviation of fresh weights
  std::int64_t pad_token_id = 0;
  WeightFormat weights = WeightFormat::kF32;  // "quantization_config" of config.json

  // Every member in a range the engine can run.  Outcomes  kInvalidArgument naming the member.
  Status validate(std::string_view where) const;
  // Writes the members under HuggingFace's names into `json`, leaving its others alone.
  void write_to(OrderedJson& json) const;
  // Reads a whole config.json object.  Outcomes  kInvalidArgument: a member missing, of the wrong type or not
  // supported (model_type other than bert, relative positions, a decoder), named in the message.
  static Result<EncoderConfig> from_json(const Json& json, std::string_view where);
};

// Sizes with a name: `--config mini`.  Vocabulary and positions are filled in by whoever creates the model.
struct EncoderPreset {
  std::string_view name;
  std::string_view summary;
  std::int64_t layer_count;
  std::int64_t hidden_size;
  std::int64_t head_count;
};
std::span<const EncoderPreset> encoder_presets();
// Outcomes  kInvalidArgument listing the names.
Result<EncoderConfig> preset_config(std::string_view name);

// Weights of the encoder and pooler, for people: "3.2 M".
std::int64_t parameter_count(const EncoderConfig& config);

}  // namespace yupu::model
