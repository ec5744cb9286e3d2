// What a GPT-2 decoder is made of: a model is data.  Read from and written to HuggingFace's config.json.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/status.h"
#include "engine/activation.h"

namespace yupu::model {

struct DecoderConfig {
  std::int64_t vocab_size = 0;         // V
  std::int64_t position_count = 1024;  // P, the longest sequence
  std::int64_t hidden_size = 128;      // C
  std::int64_t layer_count = 2;        // L
  std::int64_t head_count = 2;         // H, divides C
  std::int64_t inner_size = 512;       // F; 4 C where config.json says null
  engine::Activation activation = engine::Activation::kGeluTanh;
  float embedding_dropout = 0.1f;
  float residual_dropout = 0.1f;
  float attention_dropout = 0.1f;
  float layer_norm_epsilon = 1e-5f;
  float initializer_range = 0.02f;  // standard deviation of fresh weights
  std::int64_t end_token_id = 0;    // begins and ends a text

  // Every member in a range the engine can run.  Outcomes  kInvalidArgument naming the member.
  Status validate(std::string_view where) const;
  // Writes the members under HuggingFace's names into `json`, leaving its others alone.
  void write_to(OrderedJson& json) const;
  // Reads a whole config.json object.  Outcomes  kInvalidArgument: a member missing, of the wrong type or not
  // supported (model_type other than gpt2, an output table of its own, scores scaled by the layer, cross attention),
  // named in the message.
  static Result<DecoderConfig> from_json(const Json& json, std::string_view where);
};

// The sizes of encoder_presets() as decoders: `--config mini`.  Outcomes  kInvalidArgument listing the names.
Result<DecoderConfig> decoder_preset(std::string_view name);

}  // namespace yupu::model
