// GPT-2 directories in HuggingFace's layout: config.json and model.safetensors as GPT2LMHeadModel writes and reads
// them. The linear layers of the blocks are stored (I,O) there (Conv1D); here they are (O,I) and are turned on the way.
// Read leniently: "transformer." in front of names may be absent, causal masks ("h.0.attn.bias") and a copy of the tied
// table
// ("lm_head.weight") are passed over, weights may be F16, BF16 or F64.
#pragma once

#include <string>

#include "base/status.h"
#include "model/checkpoint/safetensors.h"
#include "model/decoder/decoder.h"
#include "model/decoder/decoder_config.h"

namespace yupu::model {

// Outcomes  kNotFound: no directory or no config.json; kInvalidArgument: file and member.
Result<DecoderConfig> read_decoder_config(const std::string& directory);

// Outcomes  those of load_weights (checkpoint/huggingface.h).  After an error the decoder holds a mixture: drop it.
Status load_decoder(const std::string& directory, Decoder& decoder);

// `config`: what config.json says, which may differ from the decoder's in dropout.
Status save_decoder(const std::string& directory, const Decoder& decoder, const DecoderConfig& config,
                    FloatFormat floats = FloatFormat::kF32);

}  // namespace yupu::model
