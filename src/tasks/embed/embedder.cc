#include "tasks/embed/embedder.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "engine/error.h"
#include "engine/ops/mean_pool/mean_pool.h"
#include "tasks/base_model.h"

namespace yupu::tasks {
namespace {

// Tokens of one pass of inference: bounds memory, far above what a pass needs to be efficient.
constexpr std::int64_t kInferenceTokens = 4096;
constexpr float kLengthLeast = 1e-12f;  // that is divided by, as in the reference library

std::vector<float> vector_of(std::span<const float> row, bool normalize) {
  std::vector<float> out(row.begin(), row.end());
  if (!normalize) return out;
  double square = 0;
  for (const float value : row) square += static_cast<double>(value) * static_cast<double>(value);
  const float length = std::max(kLengthLeast, static_cast<float>(std::sqrt(square)));
  for (float& value : out) value /= length;
  return out;
}

}  // namespace

Result<std::unique_ptr<Embedder>> Embedder::assemble(const model::EncoderConfig& config,
                                                     std::unique_ptr<text::Tokenizer> tokenizer, const Fresh& fresh,
                                                     model::FreshWeights weights, std::string_view where) {
  YUPU_RETURN_IF_ERROR(config.validate(where));
  YUPU_RETURN_IF_ERROR(check_vocabulary(config, *tokenizer, where));
  YUPU_RETURN_IF_ERROR(check_max_length(config, fresh.max_length, where));
  std::unique_ptr<Embedder> embedder(new Embedder());
  try {
    embedder->encoder_ = std::make_unique<model::Encoder>(config, fresh.seed, weights);
  } catch (const engine::EngineError& error) {
    return Status(Code::kResourceExhausted, fmt::format("{}: {}", where, error.what()));
  }
  embedder->tokenizer_ = std::move(tokenizer);
  embedder->max_length_ = fresh.max_length;
  embedder->pooling_ = fresh.pooling.value_or(Pooling::kMean);
  embedder->normalize_ = fresh.normalize.value_or(true);
  return embedder;
}

Result<std::unique_ptr<Embedder>> Embedder::create(const model::EncoderConfig& config,
                                                   std::unique_ptr<text::Tokenizer> tokenizer, const Fresh& fresh) {
  return assemble(config, std::move(tokenizer), fresh, model::FreshWeights::kTask, "new model");
}

text::Encoding Embedder::encode(std::string_view text) const {
  return tokenizer_->encode(text,
                            {.max_length = static_cast<std::int32_t>(max_length_), .special_tokens_in_text = false});
}

engine::Var Embedder::forward(engine::Tape& tape, const model::EncoderBatch& batch, model::DropoutStep dropout) const {
  if (pooling_ == Pooling::kCls) return encoder_->first_hidden(tape, batch, dropout);
  return engine::mean_pool(encoder_->hidden(tape, batch, dropout), batch.packed.cu_seqlens);
}

Result<std::vector<std::vector<float>>> Embedder::embed(engine::ExecutionContext& context,
                                                        std::span<const text::Encoding> texts) const {
  std::vector<std::vector<float>> out;
  out.reserve(texts.size());
  try {
    engine::Tape tape(context, engine::Tape::Mode::kInference);
    while (out.size() < texts.size()) {
      engine::PackedBatch packed;
      std::size_t end = out.size();
      do {
        packed.append(texts[end].ids, texts[end].type_ids, end);
        ++end;
      } while (end < texts.size() &&
               packed.token_count() + static_cast<std::int64_t>(texts[end].ids.size()) <= kInferenceTokens);
      const model::EncoderBatch batch(std::move(packed));
      const engine::Var rows = forward(tape, batch);
      for (std::int64_t i = 0; i < rows.size(0); ++i)
        out.push_back(vector_of(rows.value().rows(i, i + 1).values(), normalize_));
    }
  } catch (const engine::EngineError& error) {
    return Status(Code::kResourceExhausted, error.what());
  }
  return out;
}

std::vector<engine::Parameter*> Embedder::parameters() const {
  std::vector<engine::Parameter*> all = encoder_->parameters();
  std::erase_if(all, [](const engine::Parameter* parameter) { return parameter->name.starts_with("pooler."); });
  return all;
}

std::string Embedder::weights_sha256() const { return tasks::weights_sha256(parameters()); }

}  // namespace yupu::tasks
