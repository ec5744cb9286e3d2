#include "tasks/classify/classifier.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/hash.h"
#include "engine/error.h"
#include "model/checkpoint/huggingface.h"
#include "tasks/base_model.h"

namespace yupu::tasks {
namespace {

constexpr std::size_t kBytesPerFeature = sizeof(std::uint64_t) + sizeof(float);  // of a wide branch: hash and idf

constexpr std::string_view kPooler = "pooler.";

}  // namespace

Status Classifier::check_labels(const std::vector<std::string>& labels, std::string_view where) {
  if (labels.empty())
    return invalid_argument(fmt::format("{}: a classifier needs at least one label", where), "labels");
  std::set<std::string_view> seen;
  for (const std::string& label : labels) {
    if (label.empty()) return invalid_argument(fmt::format("{}: an empty label", where), "labels");
    if (!seen.insert(label).second)
      return invalid_argument(fmt::format("{}: label \"{}\" twice", where, label), "labels");
  }
  return ok_status();
}

Result<std::unique_ptr<Classifier>> Classifier::assemble(const model::EncoderConfig& config,
                                                         std::unique_ptr<text::Tokenizer> tokenizer, const Fresh& fresh,
                                                         model::FreshWeights weights, model::FreshWeights head,
                                                         std::string_view where) {
  YUPU_RETURN_IF_ERROR(config.validate(where));
  YUPU_RETURN_IF_ERROR(check_labels(fresh.labels, where));
  YUPU_RETURN_IF_ERROR(check_vocabulary(config, *tokenizer, where));
  YUPU_RETURN_IF_ERROR(check_max_length(config, fresh.max_length, where));
  std::unique_ptr<Classifier> classifier(new Classifier());
  try {
    classifier->encoder_ = std::make_unique<model::Encoder>(config, fresh.seed, weights);
    const std::size_t outputs = fresh.labels.size() + (fresh.background ? 1 : 0);
    classifier->head_ =
        std::make_unique<model::ClassificationHead>(static_cast<std::int64_t>(outputs), config, fresh.seed, head);
  } catch (const engine::EngineError& error) {
    return Status(Code::kResourceExhausted, fmt::format("{}: {}", where, error.what()));
  }
  classifier->tokenizer_ = std::move(tokenizer);
  classifier->labels_ = fresh.labels;
  classifier->max_length_ = fresh.max_length;
  classifier->pooling_ = fresh.pooling;
  classifier->background_ = fresh.background;
  return classifier;
}

Result<std::unique_ptr<Classifier>> Classifier::create(const model::EncoderConfig& config,
                                                       std::unique_ptr<text::Tokenizer> tokenizer, const Fresh& fresh) {
  return assemble(config, std::move(tokenizer), fresh, model::FreshWeights::kTask, model::FreshWeights::kBert,
                  "new model");
}

Result<std::unique_ptr<Classifier>> Classifier::from_base(const std::string& directory, const Fresh& fresh,
                                                          std::optional<float> dropout) {
  YUPU_ASSIGN_OR_RETURN(BaseModel base, open_base_model(directory, fresh.max_length, dropout));
  Fresh fitted = fresh;
  fitted.max_length = base.max_length;
  YUPU_ASSIGN_OR_RETURN(auto classifier, assemble(base.config, std::move(base.tokenizer), fitted,
                                                  model::FreshWeights::kLoaded, model::FreshWeights::kBert, directory));
  constexpr std::string_view kMayBeAbsent[] = {"pooler."};
  constexpr std::string_view kHeads[] = {"classifier."};
  const auto absent = model::load_weights(directory, classifier->encoder_->tensors(), kMayBeAbsent, kHeads);
  if (!absent.ok()) return absent.status();
  classifier->pooler_is_fresh_ = !absent->empty() && fresh.pooling == Pooling::kCls;
  if (classifier->pooler_is_fresh_) classifier->encoder_->draw_pooler(fresh.seed);
  return classifier;
}

std::optional<std::int32_t> Classifier::label_index(std::string_view label) const {
  const auto it = std::find(labels_.begin(), labels_.end(), label);
  if (it == labels_.end()) return std::nullopt;
  return static_cast<std::int32_t>(it - labels_.begin());
}

void Classifier::add_wide(std::span<const std::string> texts, const model::WideOptions& options) {
  wide_ = model::WideBranch::fit(texts, static_cast<std::int64_t>(output_count()), options);
}

Status Classifier::quantise() {
  if (config().weights != model::WeightFormat::kF32) return conflict("the model is quantised already");
  if (adapter_ != nullptr) return conflict("an adapter cannot be quantised: merge it into its base first");
  model::EncoderConfig int8 = config();
  int8.weights = model::WeightFormat::kInt8;
  YUPU_RETURN_IF_ERROR(int8.validate("int8 weights"));
  try {
    auto encoder = std::make_unique<model::Encoder>(int8, 0, model::FreshWeights::kLoaded);
    encoder->quantise_from(*encoder_);
    encoder_ = std::move(encoder);
  } catch (const engine::EngineError& error) {
    return Status(Code::kResourceExhausted, error.what());
  }
  return ok_status();
}

std::vector<engine::Parameter*> Classifier::parameters() const {
  std::vector<engine::Parameter*> all = encoder_->parameters();
  if (pooling_ == Pooling::kMean)
    std::erase_if(all, [](const engine::Parameter* parameter) { return parameter->name.starts_with(kPooler); });
  for (engine::Parameter* parameter : head_->parameters()) all.push_back(parameter);
  if (wide_) all.push_back(&wide_->weight());
  if (adapter_ == nullptr) return all;
  for (engine::Parameter* parameter : adapter_->parameters()) all.push_back(parameter);
  return all;
}

std::vector<model::TensorBinding> Classifier::tensors() const {
  std::vector<model::TensorBinding> all = encoder_->tensors();
  if (pooling_ == Pooling::kMean)
    std::erase_if(all, [](const model::TensorBinding& binding) { return binding.name.starts_with(kPooler); });
  for (model::TensorBinding& binding : head_->tensors()) all.push_back(std::move(binding));
  return all;
}

std::size_t Classifier::own_bytes() const {
  const auto bytes = [](const engine::Parameter& parameter) {
    return parameter.value.byte_count() + (parameter.scale.defined() ? parameter.scale.byte_count() : 0);
  };
  std::size_t sum = sizeof(Classifier);
  for (const engine::Parameter* parameter : head_->parameters()) sum += 2 * bytes(*parameter);  // and packed
  if (wide_) sum += bytes(wide_->weight()) + static_cast<std::size_t>(wide_->feature_count()) * kBytesPerFeature;
  if (distances_) sum += distances_->byte_count();
  if (neighbours_) sum += neighbours_->byte_count();
  if (adapter_ != nullptr) return sum + adapter_->inference_bytes();
  for (const engine::Parameter* parameter : encoder_->parameters()) sum += 2 * bytes(*parameter);
  return sum;
}

std::string Classifier::weights_sha256() const {
  Sha256 hash;
  for (const engine::Parameter* parameter : parameters()) {
    hash.field(parameter->name);
    hash.field({reinterpret_cast<const char*>(parameter->value.bytes()), parameter->value.byte_count()});
    if (!parameter->scale.defined()) continue;
    hash.field({reinterpret_cast<const char*>(parameter->scale.bytes()), parameter->scale.byte_count()});
  }
  if (wide_) hash.field(wide_->content_id());
  return hash.finish_hex();
}

}  // namespace yupu::tasks
