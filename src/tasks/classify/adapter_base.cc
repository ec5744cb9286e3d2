#include "tasks/classify/adapter_base.h"

#include <filesystem>

#include <fmt/format.h>

#include "base/file.h"
#include "base/file_stamp.h"
#include "base/hash.h"
#include "base/json.h"
#include "engine/error.h"
#include "model/adapters/adapter.h"

namespace yupu::tasks {
namespace {

constexpr std::string_view kQuantisedFrom = "quantized_from_base_sha256";

std::string hash_of_weights(const model::Encoder& encoder) {
  Sha256 hash;
  for (const engine::Parameter* parameter : encoder.parameters()) {
    hash.field(parameter->name);
    hash.field({reinterpret_cast<const char*>(parameter->value.bytes()), parameter->value.byte_count()});
    if (!parameter->scale.defined()) continue;
    hash.field({reinterpret_cast<const char*>(parameter->scale.bytes()), parameter->scale.byte_count()});
  }
  return hash.finish_hex();
}

// The f32 base a quantised directory was made from, as its yupu.json tells; empty when it does not.
std::string quantised_from(const std::string& directory) {
  const auto text = read_file(directory + "/yupu.json");
  if (!text.ok()) return {};
  const auto json = parse_json(*text);
  if (!json.ok() || !json->contains("lineage") || !(*json)["lineage"].is_object()) return {};
  const auto it = (*json)["lineage"].find(kQuantisedFrom);
  return it != (*json)["lineage"].end() && it->is_string() ? it->get<std::string>() : std::string();
}

Status fill(AdapterBase& base, model::Placement placement) {
  const bool has_labels = !base.config.labels.empty();
  base.encoder = std::make_shared<model::Encoder>(base.config.encoder, 0, model::FreshWeights::kLoaded);
  std::vector<model::TensorBinding> bindings = base.encoder->tensors();
  std::vector<std::string_view> ignored;
  if (has_labels) {
    base.head = std::make_unique<model::ClassificationHead>(static_cast<std::int64_t>(base.config.labels.size()),
                                                            base.config.encoder, 0, model::FreshWeights::kLoaded);
    for (model::TensorBinding& binding : base.head->tensors()) bindings.push_back(std::move(binding));
  } else {
    ignored.push_back("classifier.");
  }
  constexpr std::string_view kMayBeAbsent[] = {"pooler.", "classifier."};
  const auto absent = model::load_weights(base.directory, bindings, kMayBeAbsent, ignored, placement);
  if (!absent.ok()) return absent.status();
  for (const std::string& name : *absent) {
    if (name.starts_with("pooler.")) base.has_pooler = false;
    if (name.starts_with("classifier.")) base.head = nullptr;
  }
  if (!base.has_pooler) base.encoder->draw_pooler(0);
  return ok_status();
}

std::string members(const model::ModelConfig& config) {
  OrderedJson json;
  config.encoder.write_to(json);
  return json.dump();
}

std::string stamp_of(const std::string& directory) {
  std::string stamp;
  for (const std::string_view name : {"config.json", "model.safetensors", "vocab.txt", "tokenizer.json"}) {
    stamp += file_stamp(fmt::format("{}/{}", directory, name)) + ";";
  }
  return stamp;
}

}  // namespace

Result<std::shared_ptr<const AdapterBase>> open_adapter_base(const std::string& directory, model::Placement placement) {
  auto base = std::make_shared<AdapterBase>();
  base->directory = directory;
  YUPU_ASSIGN_OR_RETURN(base->config, model::read_model_config(directory));
  YUPU_RETURN_IF_ERROR(base->config.encoder.validate(directory));
  YUPU_ASSIGN_OR_RETURN(std::unique_ptr<text::Tokenizer> tokenizer, text::load_tokenizer(directory));
  base->tokenizer = std::move(tokenizer);
  try {
    YUPU_RETURN_IF_ERROR(fill(*base, placement));
  } catch (const engine::EngineError& error) {
    return Status(Code::kResourceExhausted, fmt::format("{}: {}", directory, error.what()));
  }
  const bool int8 = base->config.encoder.weights != model::WeightFormat::kF32;
  base->sha256 = int8 ? quantised_from(directory) : model::base_fingerprint(*base->encoder);
  return std::shared_ptr<const AdapterBase>(std::move(base));
}

void BaseCache::share_encoder(AdapterBase& fresh) {
  for (const auto& [path, slot] : slots_) {
    const auto other = slot.base.lock();
    if (other == nullptr || other->weights_id != fresh.weights_id) continue;
    if (members(other->config) == members(fresh.config)) fresh.encoder = other->encoder;
  }
}

void BaseCache::keep(std::size_t count) {
  MutexLock lock(mutex_);
  keep_count_ = count;
}

Result<std::shared_ptr<const AdapterBase>> BaseCache::open(const std::string& directory) {
  std::error_code error;
  const std::filesystem::path canonical = std::filesystem::weakly_canonical(directory, error);
  const std::string key = error ? directory : canonical.string();
  {
    MutexLock lock(mutex_);
    while (slots_[key].opening) opened_.wait(mutex_);
    Slot& slot = slots_[key];
    const std::string stamp = stamp_of(key);
    if (auto base = slot.base.lock(); base != nullptr && slot.stamp == stamp) return base;
    slot.opening = true;
    slot.stamp = stamp;
  }
  Result<std::shared_ptr<const AdapterBase>> opened = open_adapter_base(directory, model::Placement::kCopied);
  const std::string weights_id = opened.ok() ? hash_of_weights(*(*opened)->encoder) : std::string();
  MutexLock lock(mutex_);
  Slot& slot = slots_[key];
  slot.opening = false;
  opened_.notify_all();
  if (!opened.ok()) {
    slots_.erase(key);
    return opened;
  }
  // Nobody else has seen it yet.
  auto& fresh = const_cast<AdapterBase&>(**opened);
  fresh.weights_id = weights_id;
  share_encoder(fresh);
  slot.base = *opened;
  kept_.push_back(*opened);
  while (kept_.size() > keep_count_) kept_.pop_front();
  return opened;
}

}  // namespace yupu::tasks
