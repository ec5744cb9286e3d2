#include "tasks/mlm/masked_model.h"

#include <fmt/format.h>

#include "base/file.h"
#include "base/hash.h"
#include "engine/error.h"
#include "tasks/base_model.h"

namespace yupu::tasks {
namespace {

constexpr std::int64_t kFormat = 1;
constexpr std::string_view kTask = "mlm";
constexpr std::string_view kArchitecture = "BertForMaskedLM";
constexpr std::string_view kPooler = "pooler.";

}  // namespace

Result<std::unique_ptr<MaskedModel>> MaskedModel::assemble(const model::EncoderConfig& config,
                                                           std::unique_ptr<text::Tokenizer> tokenizer,
                                                           std::uint64_t seed, float dropout,
                                                           model::FreshWeights weights, std::string_view where) {
  YUPU_RETURN_IF_ERROR(config.validate(where));
  if (config.weights != model::WeightFormat::kF32) {
    return invalid_argument(fmt::format("{}: a quantised model does not learn", where), "quantization_config");
  }
  YUPU_RETURN_IF_ERROR(check_vocabulary(config, *tokenizer, where));
  if (!tokenizer->special_ids().mask) {
    return invalid_argument(fmt::format("{}: the vocabulary has no [MASK]: nothing can be masked", where), "vocab");
  }
  std::unique_ptr<MaskedModel> model(new MaskedModel());
  model->config_ = config;
  model::EncoderConfig training = config;
  training.hidden_dropout = training.attention_dropout = dropout;
  try {
    model->encoder_ = std::make_unique<model::Encoder>(training, seed, weights);
    model->head_ = std::make_unique<model::MlmHead>(training, seed);
  } catch (const engine::EngineError& error) {
    return Status(Code::kResourceExhausted, fmt::format("{}: {}", where, error.what()));
  }
  model->tokenizer_ = std::move(tokenizer);
  return model;
}

Result<std::unique_ptr<MaskedModel>> MaskedModel::create(const model::EncoderConfig& config,
                                                         std::unique_ptr<text::Tokenizer> tokenizer, std::uint64_t seed,
                                                         float dropout) {
  return assemble(config, std::move(tokenizer), seed, dropout, model::FreshWeights::kBert, "new model");
}

Result<std::unique_ptr<MaskedModel>> MaskedModel::load(const std::string& directory, std::uint64_t seed,
                                                       float dropout) {
  YUPU_ASSIGN_OR_RETURN(const model::ModelConfig config, model::read_model_config(directory));
  YUPU_ASSIGN_OR_RETURN(auto tokenizer, text::load_tokenizer(directory));
  YUPU_ASSIGN_OR_RETURN(auto model, assemble(config.encoder, std::move(tokenizer), seed, dropout,
                                             model::FreshWeights::kLoaded, directory));
  constexpr std::string_view kMayBeAbsent[] = {"cls."};
  constexpr std::string_view kOthers[] = {"classifier.", kPooler};
  const auto absent = model::load_weights(directory, model->tensors(), kMayBeAbsent, kOthers);
  if (!absent.ok()) return absent.status();
  if (!absent->empty() && absent->size() != model->head_->tensors().size()) {
    return invalid_argument(
        fmt::format("{}: tensor \"{}\" of the head is missing, others are there", directory, absent->front()));
  }
  return model;
}

Status MaskedModel::save(const std::string& directory, const Json& lineage, model::FloatFormat floats) const {
  YUPU_RETURN_IF_ERROR(make_directories(directory));
  YUPU_RETURN_IF_ERROR(remove_tree(directory + "/yupu.json"));
  YUPU_RETURN_IF_ERROR(tokenizer_->save(directory));
  const model::ModelConfig config{.encoder = config_, .architecture = std::string(kArchitecture), .labels = {}};
  YUPU_RETURN_IF_ERROR(model::write_model_config(directory, config, floats));
  YUPU_RETURN_IF_ERROR(model::save_weights(directory, tensors(), floats));
  OrderedJson json;
  json["format"] = kFormat;
  json["task"] = kTask;
  json["max_length"] = config_.position_count;
  json["lineage"] = OrderedJson(lineage);
  return write_file_atomic(directory + "/yupu.json",
                           json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n");
}

engine::Var MaskedModel::loss(engine::Tape& tape, const model::EncoderBatch& batch, std::span<const std::int32_t> rows,
                              std::span<const std::int32_t> labels, model::DropoutStep dropout,
                              std::int64_t* hits) const {
  return head_->loss(tape, *encoder_, encoder_->hidden(tape, batch, dropout), rows, labels, hits);
}

engine::Var MaskedModel::logits(engine::Tape& tape, const model::EncoderBatch& batch,
                                std::span<const std::int32_t> rows) const {
  return head_->logits(tape, *encoder_, encoder_->hidden(tape, batch), rows);
}

std::vector<engine::Parameter*> MaskedModel::parameters() const {
  std::vector<engine::Parameter*> all;
  for (engine::Parameter* parameter : encoder_->parameters()) {
    if (!parameter->name.starts_with(kPooler)) all.push_back(parameter);
  }
  for (engine::Parameter* parameter : head_->parameters()) all.push_back(parameter);
  return all;
}

std::vector<model::TensorBinding> MaskedModel::tensors() const {
  std::vector<model::TensorBinding> all;
  for (model::TensorBinding& binding : encoder_->tensors()) {
    if (!binding.name.starts_with(kPooler)) all.push_back(std::move(binding));
  }
  for (model::TensorBinding& binding : head_->tensors()) all.push_back(std::move(binding));
  return all;
}

std::string MaskedModel::weights_sha256() const {
  Sha256 hash;
  for (const engine::Parameter* parameter : parameters()) {
    hash.field(parameter->name);
    hash.field({reinterpret_cast<const char*>(parameter->value.bytes()), parameter->value.byte_count()});
  }
  return hash.finish_hex();
}

}  // namespace yupu::tasks
