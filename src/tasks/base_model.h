// What every task asks of the encoder it is built on, how it opens a directory to fine-tune from, and what the
// directories it writes have in common.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/status.h"
#include "engine/autograd/tape.h"
#include "model/encoder/encoder_config.h"
#include "text/tokenizers/tokenizer.h"

namespace yupu::tasks {

// kInvalidArgument, field "vocab_size": the tokenizer has tokens the embedding table has no row for.
Status check_vocabulary(const model::EncoderConfig& config, const text::Tokenizer& tokenizer, std::string_view where);

// kInvalidArgument, field "max_length": less than a token between [CLS] and [SEP], or more than the model's positions.
Status check_max_length(const model::EncoderConfig& config, std::int64_t max_length, std::string_view where);

struct BaseModel {
  model::EncoderConfig config;
  std::unique_ptr<text::Tokenizer> tokenizer;
  std::int64_t max_length;  // as asked for, or the model's positions where those are fewer
};

// Configuration and tokenizer of a HuggingFace directory; `dropout`, when given, replaces its three.
// Outcomes  kNotFound, kInvalidArgument: file and field; a quantised model, which does not learn, among them.
Result<BaseModel> open_base_model(const std::string& directory, std::int64_t max_length, std::optional<float> dropout);

// DIRECTORY/yupu.json as far as every task's is alike: "format" 1 and "task".  Null when there is none: a directory of
// another library.  Outcomes  kInvalidArgument: file and field; a model for another task among it.
inline constexpr std::int64_t kRecordFormat = 1;
Result<Json> read_record(const std::string& directory, std::string_view task);
// Written whole or not at all.
Status write_record(const std::string& directory, const OrderedJson& record);

// Over names and values, in order.
std::string weights_sha256(std::span<engine::Parameter* const> parameters);

}  // namespace yupu::tasks
