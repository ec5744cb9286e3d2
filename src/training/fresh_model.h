// A model that begins from nothing: its size by name, its vocabulary from the texts it will be trained on.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "base/status.h"
#include "model/encoder/encoder_config.h"
#include "text/tokenizers/tokenizer.h"
#include "training/training.h"

namespace yupu::training {

struct FreshModel {
  model::EncoderConfig config;
  std::unique_ptr<text::Tokenizer> tokenizer;
};

// Of the options: config, vocab_size, max_length (the model's positions), dropout.  `cased`: capitals stay.
// Outcomes  kInvalidArgument: no such size, no word in the texts.
Result<FreshModel> fresh_model(const TrainOptions& options, std::span<const std::string> texts, bool cased);

}  // namespace yupu::training
