// Where training begins: from nothing, a size by name and a vocabulary from the texts that will be trained on; or from
// a base.
#pragma once

#include <memory>
#include <optional>
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

// The model that options.base is, as Model::from_base makes it of `fresh`; its dropouts hold unless given.
// Outcomes  those of from_base, "base" in front.
template <class Model, class Fresh>
Result<std::unique_ptr<Model>> model_from_base(const TrainOptions& options, const Fresh& fresh) {
  std::optional<float> dropout;
  if (options.dropout) dropout = static_cast<float>(*options.dropout);
  auto model = Model::from_base(options.base, fresh, dropout);
  if (!model.ok()) return model.status().with_context("base");
  return model;
}

}  // namespace yupu::training
