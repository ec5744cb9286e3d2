// Classifiers that are an adapter of a base directory.
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/file.h"
#include "engine/error.h"
#include "model/adapters/files.h"
#include "model/adapters/merge.h"
#include "model/checkpoint/huggingface.h"
#include "tasks/classify/classifier.h"

namespace yupu::tasks {
namespace {

// What yupu.json says about an adapter; empty members where there is no such file (a directory of PEFT's).
struct AdapterCard {
  std::string base;  // from the adapter's directory
  std::string base_sha256;
  std::vector<std::string> labels;
};

Result<AdapterCard> read_card(const std::string& directory) {
  AdapterCard card;
  const std::string path = directory + "/yupu.json";
  if (!file_exists(path)) return card;
  YUPU_ASSIGN_OR_RETURN(const std::string text, read_file(path));
  const auto json = parse_json(text);
  if (!json.ok()) return json.status().with_context(path);
  if (!json->contains("adapter") || !json->contains("labels") || !(*json)["labels"].is_array()) {
    return invalid_argument(path + ": 'adapter' or 'labels' is missing beside an adapter", "adapter");
  }
  YUPU_ASSIGN_OR_RETURN(card.base, json_string((*json)["adapter"], "base", path));
  YUPU_ASSIGN_OR_RETURN(card.base_sha256, json_string((*json)["adapter"], "base_sha256", path));
  for (const Json& label : (*json)["labels"]) {
    if (!label.is_string()) return invalid_argument(path + ": 'labels' holds what is no text", "labels");
    card.labels.push_back(label.get<std::string>());
  }
  return card;
}

// The base directory an adapter names: as its own yupu.json has it, then as adapter_config.json does, from the working
// directory or from the adapter's.
Result<std::string> find_base(const std::string& directory, const std::string& named, const std::string& carded) {
  const std::filesystem::path here(directory);
  std::vector<std::string> tried;
  if (!carded.empty()) tried.push_back((here / carded).lexically_normal().string());
  tried.push_back(named);
  tried.push_back((here / named).lexically_normal().string());
  for (const std::string& base : tried) {
    if (file_exists(base + "/config.json")) return base;
  }
  return not_found(fmt::format("{}: the base \"{}\" is not there (looked for config.json in {})", directory, named,
                               fmt::join(tried, ", ")));
}

// The labels: the adapter's own, else the base's when it has as many, else as the reference library numbers them.
Result<Classifier::Fresh> adapted_shape(const std::string& directory, const model::AdapterFiles& files,
                                        const AdapterCard& card, const model::ModelConfig& base, bool background) {
  const auto from_base = static_cast<std::int64_t>(base.labels.size());
  const std::int64_t count = files.class_count().value_or(from_base) - (background ? 1 : 0);
  Classifier::Fresh shape{
      .labels = card.labels, .seed = 0, .max_length = base.encoder.position_count, .background = background};
  if (card.labels.empty() && count == from_base) shape.labels = base.labels;
  if (shape.labels.empty()) {
    for (std::int64_t i = 0; i < count; ++i) shape.labels.push_back(fmt::format("LABEL_{}", i));
  }
  if (static_cast<std::int64_t>(shape.labels.size()) != count) {
    return invalid_argument(fmt::format("{}: {} labels in yupu.json, the adapter's classifier has {}", directory,
                                        shape.labels.size(), count),
                            "labels");
  }
  return shape;
}

// The base's own head, for an adapter that brings none.
Status copy_head(const std::string& directory, const AdapterBase& base, const model::ClassificationHead& head) {
  if (base.head == nullptr) {
    return invalid_argument(
        fmt::format("{}: neither the base {} nor the adapter has a classifier", directory, base.directory));
  }
  const auto from = base.head->tensors();
  const auto to = head.tensors();
  for (std::size_t i = 0; i < to.size(); ++i) {
    to[i].tensor.copy_from(from[i].tensor);
    to[i].parameter->value_changed();
  }
  return ok_status();
}

Status other_base(const std::string& directory, const AdapterBase& base) {
  if (base.sha256.empty()) {
    return invalid_argument(fmt::format("{}: the base {} is quantised and does not say from which weights: make it "
                                        "with `yupu models quantize`",
                                        directory, base.directory),
                            "base_model_name_or_path");
  }
  return invalid_argument(fmt::format("{}: an adapter of another base: the weights of {} are not those it was "
                                      "trained on",
                                      directory, base.directory),
                          "base_model_name_or_path");
}

}  // namespace

Result<std::optional<AdapterOf>> adapter_of(const std::string& directory) {
  if (!model::is_adapter_directory(directory)) return std::optional<AdapterOf>();
  YUPU_ASSIGN_OR_RETURN(const model::AdapterFiles files, model::AdapterFiles::open(directory));
  YUPU_ASSIGN_OR_RETURN(const AdapterCard card, read_card(directory));
  const auto base = find_base(directory, files.config().base, card.base);
  return std::optional<AdapterOf>({.method = files.config().method,
                                   .base = base.ok() ? *base : files.config().base,
                                   .base_sha256 = card.base_sha256});
}

Result<std::unique_ptr<Classifier>> Classifier::load_adapted(const std::string& directory, const LoadOptions& options) {
  YUPU_ASSIGN_OR_RETURN(const model::AdapterFiles files, model::AdapterFiles::open(directory));
  YUPU_ASSIGN_OR_RETURN(const AdapterCard card, read_card(directory));
  YUPU_ASSIGN_OR_RETURN(const std::string found, find_base(directory, files.config().base, card.base));
  YUPU_ASSIGN_OR_RETURN(const std::shared_ptr<const AdapterBase> base,
                        options.open_base ? options.open_base(found) : open_adapter_base(found, options.placement));
  const model::EncoderConfig& config = base->config.encoder;
  if (!card.base_sha256.empty() && base->sha256 != card.base_sha256) return other_base(directory, *base);
  YUPU_ASSIGN_OR_RETURN(const Told told, told_shape(directory, options.task));
  YUPU_ASSIGN_OR_RETURN(const Fresh shape, adapted_shape(directory, files, card, base->config, told.background));
  YUPU_RETURN_IF_ERROR(check_labels(shape.labels, directory));
  std::unique_ptr<Classifier> classifier(new Classifier());
  classifier->base_ = base;
  classifier->encoder_ = base->encoder;
  classifier->tokenizer_ = base->tokenizer;
  classifier->labels_ = shape.labels;
  classifier->max_length_ = shape.max_length;
  classifier->pooling_ = told.pooling;
  classifier->background_ = told.background;
  try {
    classifier->head_ = std::make_unique<model::ClassificationHead>(
        static_cast<std::int64_t>(classifier->output_count()), config, 0, model::FreshWeights::kLoaded);
    if (!files.class_count()) YUPU_RETURN_IF_ERROR(copy_head(directory, *base, *classifier->head_));
    YUPU_ASSIGN_OR_RETURN(classifier->adapter_, files.read(config, classifier->head_->tensors()));
  } catch (const engine::EngineError& error) {
    return Status(Code::kResourceExhausted, fmt::format("{}: {}", directory, error.what()));
  }
  if (classifier->pooling_ == Pooling::kCls && !base->has_pooler && classifier->adapter_->pooler().gain == nullptr) {
    return invalid_argument(fmt::format("{}: neither the base {} nor the adapter has a pooler", directory, found));
  }
  classifier->record_.task = options.task;
  YUPU_RETURN_IF_ERROR(classifier->read_yupu_json(directory));
  return classifier;
}

Status Classifier::adapt(const model::AdapterConfig& config, std::uint64_t seed) {
  CHECK(adapter_ == nullptr, "a classifier has one adapter");
  YUPU_ASSIGN_OR_RETURN(adapter_, model::Adapter::create(config, *encoder_, seed, pooler_is_fresh_));
  for (engine::Parameter* parameter : encoder_->parameters()) parameter->trainable = false;
  return ok_status();
}

Status Classifier::merge_adapter() {
  CHECK(adapter_ != nullptr, "nothing to merge");
  base_ = nullptr;
  CHECK(encoder_.use_count() == 1, "a shared base takes no adapter in");
  YUPU_RETURN_IF_ERROR(model::merge(*adapter_, *encoder_));
  adapter_.reset();
  return ok_status();
}

}  // namespace yupu::tasks
