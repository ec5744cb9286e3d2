#include "tasks/classify/classifier.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/file.h"
#include "base/hash.h"
#include "engine/error.h"
#include "engine/ops/add/add.h"
#include "model/adapters/files.h"
#include "model/adapters/merge.h"
#include "model/checkpoint/huggingface.h"

namespace yupu::tasks {
namespace {

constexpr std::int64_t kFormat = 1;
constexpr std::string_view kTask = "classify";
constexpr std::string_view kArchitecture = "BertForSequenceClassification";
// Tokens of one pass of inference: bounds memory, far above what a pass needs to be efficient.
constexpr std::int64_t kInferenceTokens = 4096;

Status check_labels(const std::vector<std::string>& labels, std::string_view where) {
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

std::string relative_to(const std::string& directory, const std::string& path) {
  std::error_code error;
  const auto relative = std::filesystem::relative(path, directory, error);
  return error || relative.empty() ? path : relative.string();
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
                                        const AdapterCard& card, const model::ModelConfig& base) {
  const auto from_base = static_cast<std::int64_t>(base.labels.size());
  const std::int64_t count = files.class_count().value_or(from_base);
  Classifier::Fresh shape{.labels = card.labels, .seed = 0, .max_length = base.encoder.position_count};
  if (card.labels.empty() && count == from_base) shape.labels = base.labels;
  if (shape.labels.empty()) {
    for (std::int64_t i = 0; i < count; ++i) shape.labels.push_back(fmt::format("LABEL_{}", i));
  }
  if (static_cast<std::int64_t>(shape.labels.size()) != count) {
    return invalid_argument(fmt::format("{}: {} labels in yupu.json, {} rows in the adapter's classifier", directory,
                                        shape.labels.size(), count),
                            "labels");
  }
  return shape;
}

}  // namespace

Result<std::unique_ptr<Classifier>> Classifier::assemble(const model::EncoderConfig& config,
                                                         std::unique_ptr<text::Tokenizer> tokenizer, const Fresh& fresh,
                                                         model::FreshWeights weights, std::string_view where) {
  YUPU_RETURN_IF_ERROR(config.validate(where));
  YUPU_RETURN_IF_ERROR(check_labels(fresh.labels, where));
  if (tokenizer->vocab_size() > config.vocab_size) {
    return invalid_argument(fmt::format("{}: the vocabulary has {} tokens, 'vocab_size' is {}", where,
                                        tokenizer->vocab_size(), config.vocab_size),
                            "vocab_size");
  }
  if (fresh.max_length < 3 || fresh.max_length > config.position_count) {
    return invalid_argument(fmt::format("{}: max_length {} must be 3 to {}, the model's positions", where,
                                        fresh.max_length, config.position_count),
                            "max_length");
  }
  std::unique_ptr<Classifier> classifier(new Classifier());
  try {
    classifier->encoder_ = std::make_unique<model::Encoder>(config, fresh.seed, weights);
    classifier->head_ =
        std::make_unique<model::ClassificationHead>(static_cast<std::int64_t>(fresh.labels.size()), config, fresh.seed);
  } catch (const engine::EngineError& error) {
    return Status(Code::kResourceExhausted, fmt::format("{}: {}", where, error.what()));
  }
  classifier->tokenizer_ = std::move(tokenizer);
  classifier->labels_ = fresh.labels;
  classifier->max_length_ = fresh.max_length;
  return classifier;
}

Result<std::unique_ptr<Classifier>> Classifier::create(const model::EncoderConfig& config,
                                                       std::unique_ptr<text::Tokenizer> tokenizer, const Fresh& fresh) {
  return assemble(config, std::move(tokenizer), fresh, model::FreshWeights::kTask, "new model");
}

Result<std::unique_ptr<Classifier>> Classifier::from_base(const std::string& directory, const Fresh& fresh,
                                                          std::optional<float> dropout) {
  YUPU_ASSIGN_OR_RETURN(model::ModelConfig config, model::read_model_config(directory));
  if (config.encoder.weights != model::WeightFormat::kF32) {
    return invalid_argument(
        directory + "/config.json: a quantised model answers but does not learn; train from the model it was made of",
        "quantization_config");
  }
  YUPU_ASSIGN_OR_RETURN(auto tokenizer, text::load_tokenizer(directory));
  if (dropout)
    config.encoder.hidden_dropout = config.encoder.attention_dropout = config.encoder.classifier_dropout = *dropout;
  Fresh fitted = fresh;
  fitted.max_length = std::min(fresh.max_length, config.encoder.position_count);
  YUPU_ASSIGN_OR_RETURN(
      auto classifier, assemble(config.encoder, std::move(tokenizer), fitted, model::FreshWeights::kLoaded, directory));
  constexpr std::string_view kMayBeAbsent[] = {"pooler."};
  constexpr std::string_view kHeads[] = {"classifier."};
  const auto absent = model::load_weights(directory, classifier->encoder_->tensors(), kMayBeAbsent, kHeads);
  if (!absent.ok()) return absent.status();
  classifier->pooler_is_fresh_ = !absent->empty();
  return classifier;
}

Result<std::unique_ptr<Classifier>> Classifier::load(const std::string& directory) {
  if (model::is_adapter_directory(directory)) return load_adapted(directory);
  YUPU_ASSIGN_OR_RETURN(const model::ModelConfig config, model::read_model_config(directory));
  if (config.labels.empty()) {
    return invalid_argument(
        directory + "/config.json: 'id2label' is missing: not a trained classifier (a base for training?)", "id2label");
  }
  YUPU_ASSIGN_OR_RETURN(auto tokenizer, text::load_tokenizer(directory));
  const Fresh shape{.labels = config.labels, .seed = 0, .max_length = config.encoder.position_count};
  YUPU_ASSIGN_OR_RETURN(auto classifier,
                        assemble(config.encoder, std::move(tokenizer), shape, model::FreshWeights::kLoaded, directory));
  const auto absent = model::load_weights(directory, classifier->tensors(), {}, {});
  if (!absent.ok()) return absent.status();
  YUPU_RETURN_IF_ERROR(classifier->read_yupu_json(directory));
  return classifier;
}

Status Classifier::read_yupu_json(const std::string& directory) {
  const std::string path = directory + "/yupu.json";
  if (!file_exists(path)) return ok_status();
  YUPU_ASSIGN_OR_RETURN(const std::string text, read_file(path));
  const auto json = parse_json(text);
  if (!json.ok()) return json.status().with_context(path);
  YUPU_ASSIGN_OR_RETURN(const std::int64_t format, json_int(*json, "format", path));
  if (format != kFormat) {
    return invalid_argument(fmt::format("{}: format {}, this version reads {}", path, format, kFormat), "format");
  }
  YUPU_ASSIGN_OR_RETURN(const std::string task, json_string(*json, "task", path));
  if (task != kTask)
    return invalid_argument(fmt::format("{}: a model for task \"{}\", not \"{}\"", path, task, kTask), "task");
  YUPU_ASSIGN_OR_RETURN(max_length_, json_int(*json, "max_length", path));
  if (max_length_ < 3 || max_length_ > config().position_count) {
    return invalid_argument(
        fmt::format("{}: 'max_length' {} must be 3 to {}", path, max_length_, config().position_count), "max_length");
  }
  if (const auto it = json->find("calibration"); it != json->end() && !it->is_null()) {
    YUPU_ASSIGN_OR_RETURN(calibration_, Calibration::from_json(*it, path));
  }
  if (const auto it = json->find("lineage"); it != json->end()) lineage_ = *it;
  if (const auto it = json->find("wide"); it != json->end() && !it->is_null()) {
    YUPU_ASSIGN_OR_RETURN(const std::int64_t features, json_int(*json, "wide", path));
    YUPU_ASSIGN_OR_RETURN(wide_, model::WideBranch::load(directory, static_cast<std::int64_t>(labels_.size())));
    if (wide_->feature_count() != features) {
      return invalid_argument(
          fmt::format("{}: 'wide' is {} features, wide.safetensors holds {}", path, features, wide_->feature_count()),
          "wide");
    }
  }
  return ok_status();
}

Result<std::unique_ptr<Classifier>> Classifier::load_adapted(const std::string& directory) {
  YUPU_ASSIGN_OR_RETURN(const model::AdapterFiles files, model::AdapterFiles::open(directory));
  YUPU_ASSIGN_OR_RETURN(const AdapterCard card, read_card(directory));
  YUPU_ASSIGN_OR_RETURN(const std::string base, find_base(directory, files.config().base, card.base));
  YUPU_ASSIGN_OR_RETURN(const model::ModelConfig config, model::read_model_config(base));
  YUPU_ASSIGN_OR_RETURN(const Fresh shape, adapted_shape(directory, files, card, config));
  YUPU_ASSIGN_OR_RETURN(auto tokenizer, text::load_tokenizer(base));
  YUPU_ASSIGN_OR_RETURN(auto classifier,
                        assemble(config.encoder, std::move(tokenizer), shape, model::FreshWeights::kLoaded, directory));
  const bool own_head = files.class_count().has_value();
  constexpr std::string_view kMayBeAbsent[] = {"pooler."};
  constexpr std::string_view kHeads[] = {"classifier."};
  const auto bindings = own_head ? classifier->encoder_->tensors() : classifier->tensors();
  const auto absent = model::load_weights(base, bindings, kMayBeAbsent, kHeads);
  if (!absent.ok()) return absent.status();
  if (!card.base_sha256.empty() && model::base_fingerprint(*classifier->encoder_) != card.base_sha256) {
    return invalid_argument(fmt::format("{}: an adapter of another base: the weights of {} are not those it was "
                                        "trained on",
                                        directory, base),
                            "base_model_name_or_path");
  }
  YUPU_ASSIGN_OR_RETURN(classifier->adapter_, files.read(config.encoder, classifier->head_->tensors()));
  if (!absent->empty() && classifier->adapter_->pooler().gain == nullptr) {
    return invalid_argument(fmt::format("{}: neither the base {} nor the adapter has a pooler", directory, base));
  }
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
  YUPU_RETURN_IF_ERROR(model::merge(*adapter_, *encoder_));
  adapter_.reset();
  return ok_status();
}

// The part of a directory another layout would have in its place goes: a directory holds one model.
Status Classifier::save_weights(const std::string& directory) const {
  if (adapter_ != nullptr) {
    YUPU_RETURN_IF_ERROR(remove_tree(fmt::format("{}/{}", directory, model::kWeightsFile)));
    return model::save_adapter(directory, *adapter_, head_->tensors());
  }
  YUPU_RETURN_IF_ERROR(remove_tree(fmt::format("{}/{}", directory, model::kAdapterConfigFile)));
  YUPU_RETURN_IF_ERROR(remove_tree(fmt::format("{}/{}", directory, model::kAdapterWeightsFile)));
  YUPU_RETURN_IF_ERROR(tokenizer_->save(directory));
  YUPU_RETURN_IF_ERROR(model::write_model_config(
      directory, {.encoder = config(), .architecture = std::string(kArchitecture), .labels = labels_}));
  return model::save_weights(directory, tensors());
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

Status Classifier::save(const std::string& directory) const {
  YUPU_RETURN_IF_ERROR(make_directories(directory));
  YUPU_RETURN_IF_ERROR(remove_tree(directory + "/yupu.json"));
  YUPU_RETURN_IF_ERROR(save_weights(directory));
  YUPU_RETURN_IF_ERROR(wide_ ? wide_->save(directory) : model::WideBranch::remove(directory));
  OrderedJson json;
  json["format"] = kFormat;
  json["task"] = kTask;
  json["max_length"] = max_length_;
  json["calibration"] = calibration_ ? calibration_->to_json() : OrderedJson();
  json["wide"] = wide_ ? OrderedJson(wide_->feature_count()) : OrderedJson();
  json["lineage"] = OrderedJson(lineage_);
  if (adapter_ != nullptr) {
    json["labels"] = labels_;
    json["adapter"]["base"] = relative_to(directory, adapter_->config().base);
    json["adapter"]["base_sha256"] = model::base_fingerprint(*encoder_);
  }
  return write_file_atomic(directory + "/yupu.json",
                           json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n");
}

std::optional<std::int32_t> Classifier::label_index(std::string_view label) const {
  const auto it = std::find(labels_.begin(), labels_.end(), label);
  if (it == labels_.end()) return std::nullopt;
  return static_cast<std::int32_t>(it - labels_.begin());
}

void Classifier::add_wide(std::span<const std::string> texts, const model::WideOptions& options) {
  wide_ = model::WideBranch::fit(texts, static_cast<std::int64_t>(labels_.size()), options);
}

text::Encoding Classifier::encode(std::string_view text) const {
  text::Encoding encoding =
      tokenizer_->encode(text, {.max_length = static_cast<std::int32_t>(max_length_), .special_tokens_in_text = false});
  if (wide_) encoding.ngrams = wide_->features(text);
  return encoding;
}

engine::Var Classifier::forward(engine::Tape& tape, const model::EncoderBatch& batch, Ngrams ngrams,
                                model::DropoutStep dropout) const {
  const model::AdapterSegment whole{adapter_.get(), 0, batch.packed.sequence_count()};
  const engine::Var pooled = encoder_->pooled(tape, batch, dropout, {&whole, 1});
  const engine::Var deep = head_->logits(tape, pooled, batch, encoder_->dropout_sites(), dropout);
  return wide_ ? engine::add(deep, wide_->logits(tape, ngrams)) : deep;
}

Result<std::vector<std::vector<float>>> Classifier::logits(engine::ExecutionContext& context,
                                                           std::span<const text::Encoding> texts) const {
  const auto in_table = [](const std::vector<std::int32_t>& ids, std::int64_t size) {
    return std::all_of(ids.begin(), ids.end(), [size](std::int32_t id) { return id >= 0 && id < size; });
  };
  for (const text::Encoding& text : texts) {
    const auto length = static_cast<std::int64_t>(text.ids.size());
    if (length == 0 || length > config().position_count || !in_table(text.ids, config().vocab_size) ||
        !in_table(text.type_ids, config().type_count) ||
        (wide_ && !in_table(text.ngrams.indices, wide_->feature_count()))) {
      return invalid_argument(fmt::format("an encoding of {} tokens does not fit the model ({} positions, {} tokens)",
                                          length, config().position_count, config().vocab_size));
    }
  }
  std::vector<std::vector<float>> rows;
  rows.reserve(texts.size());
  try {
    engine::Tape tape(context, engine::Tape::Mode::kInference);
    for (std::size_t at = 0; at < texts.size();) {
      engine::PackedBatch packed;
      std::vector<const text::SparseRow*> ngrams;
      do {
        packed.append(texts[at].ids, texts[at].type_ids, at);
        ngrams.push_back(&texts[at].ngrams);
        ++at;
      } while (at < texts.size() &&
               packed.token_count() + static_cast<std::int64_t>(texts[at].ids.size()) <= kInferenceTokens);
      const model::EncoderBatch batch(std::move(packed));
      const engine::Var z = forward(tape, batch, ngrams);
      const std::size_t width = labels_.size();
      const std::span<const float> values = z.value().values();
      for (std::size_t row = 0; row < values.size(); row += width) {
        const auto part = values.subspan(row, width);
        rows.emplace_back(part.begin(), part.end());
      }
    }
  } catch (const engine::EngineError& error) {
    return Status(Code::kResourceExhausted, error.what());
  }
  return rows;
}

std::vector<Answer> Classifier::rank(std::span<const float> logits, std::size_t count) const {
  const std::vector<double> p = probabilities(logits, calibration_ ? calibration_->temperature : 1.0);
  std::vector<Answer> answers;
  for (std::size_t k = 0; k < p.size(); ++k) answers.push_back({static_cast<std::int32_t>(k), p[k]});
  count = std::min(count, answers.size());
  std::partial_sort(
      answers.begin(), answers.begin() + static_cast<std::ptrdiff_t>(count), answers.end(),
      [](const Answer& a, const Answer& b) { return a.score != b.score ? a.score > b.score : a.label < b.label; });
  answers.resize(count);
  return answers;
}

Decision Classifier::decide(double score) const {
  return calibration_ ? tasks::decide(*calibration_, score) : Decision::kAnswer;
}

std::vector<engine::Parameter*> Classifier::parameters() const {
  std::vector<engine::Parameter*> all = encoder_->parameters();
  for (engine::Parameter* parameter : head_->parameters()) all.push_back(parameter);
  if (wide_) all.push_back(&wide_->weight());
  if (adapter_ == nullptr) return all;
  for (engine::Parameter* parameter : adapter_->parameters()) all.push_back(parameter);
  return all;
}

std::vector<model::TensorBinding> Classifier::tensors() const {
  std::vector<model::TensorBinding> all = encoder_->tensors();
  for (model::TensorBinding& binding : head_->tensors()) all.push_back(std::move(binding));
  return all;
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
