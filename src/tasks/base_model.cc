#include "tasks/base_model.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "model/checkpoint/huggingface.h"

namespace yupu::tasks {

Status check_vocabulary(const model::EncoderConfig& config, const text::Tokenizer& tokenizer, std::string_view where) {
  if (tokenizer.vocab_size() <= config.vocab_size) return ok_status();
  return invalid_argument(fmt::format("{}: the vocabulary has {} tokens, 'vocab_size' is {}", where,
                                      tokenizer.vocab_size(), config.vocab_size),
                          "vocab_size");
}

Status check_max_length(const model::EncoderConfig& config, std::int64_t max_length, std::string_view where) {
  if (max_length >= 3 && max_length <= config.position_count) return ok_status();
  return invalid_argument(
      fmt::format("{}: max_length {} must be 3 to {}, the model's positions", where, max_length, config.position_count),
      "max_length");
}

Result<BaseModel> open_base_model(const std::string& directory, std::int64_t max_length, std::optional<float> dropout) {
  YUPU_ASSIGN_OR_RETURN(const model::ModelConfig found, model::read_model_config(directory));
  if (found.encoder.weights != model::WeightFormat::kF32) {
    return invalid_argument(
        directory + "/config.json: a quantised model answers but does not learn; train from the model it was made of",
        "quantization_config");
  }
  BaseModel base{.config = found.encoder,
                 .tokenizer = {},
                 .max_length = std::min<std::int64_t>(max_length, found.encoder.position_count)};
  YUPU_ASSIGN_OR_RETURN(base.tokenizer, text::load_tokenizer(directory));
  if (dropout) base.config.hidden_dropout = base.config.attention_dropout = base.config.classifier_dropout = *dropout;
  return base;
}

}  // namespace yupu::tasks
