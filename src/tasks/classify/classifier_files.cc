// Whole models from and to a directory, and yupu.json, which adapters have too.
#include <filesystem>

#include <fmt/format.h>

#include "base/file.h"
#include "handoff/types.h"
#include "model/adapters/files.h"
#include "model/checkpoint/huggingface.h"
#include "tasks/base_model.h"
#include "tasks/classify/classifier.h"

namespace yupu::tasks {
namespace {

constexpr std::int64_t kFormat = 1;
constexpr std::string_view kTask = "classify";
constexpr std::string_view kArchitecture = "BertForSequenceClassification";
constexpr std::string_view kTaggerArchitecture = "BertForTokenClassification";

std::string relative_to(const std::string& directory, const std::string& path) {
  std::error_code error;
  const auto relative = std::filesystem::relative(path, directory, error);
  return error || relative.empty() ? path : relative.string();
}

}  // namespace

Result<Classifier::Told> Classifier::told_shape(const std::string& directory, std::string_view task) {
  YUPU_ASSIGN_OR_RETURN(const Json own, read_record(directory, task));
  Told told;
  if (!own.is_object()) return told;
  const std::string path = directory + "/yupu.json";
  if (const auto it = own.find("background"); it != own.end()) {
    if (!it->is_boolean())
      return invalid_argument(fmt::format("{}: 'background' must be true or false", path), "background");
    told.background = it->get<bool>();
  }
  if (!own.contains("pooling")) return told;
  YUPU_ASSIGN_OR_RETURN(const std::string name, json_string(own, "pooling", path));
  const auto pooling = find_pooling(name);
  if (!pooling) return invalid_argument(fmt::format("{}: 'pooling' is \"{}\", not mean or cls", path, name), "pooling");
  told.pooling = *pooling;
  return told;
}

Result<std::unique_ptr<Classifier>> Classifier::load(const std::string& directory, const LoadOptions& options) {
  if (model::is_adapter_directory(directory)) return load_adapted(directory, options);
  YUPU_ASSIGN_OR_RETURN(const model::ModelConfig config, model::read_model_config(directory));
  if (config.architecture == kTaggerArchitecture)
    return invalid_argument(fmt::format("{}: a model for task \"tokens\", not \"{}\"", directory, options.task),
                            "task");
  if (config.problem_type == model::kMultilabelProblem && options.task == kTask) {
    return invalid_argument(
        fmt::format("{}: 'problem_type' is \"{}\": a model for task \"multilabel\"", directory, config.problem_type),
        "problem_type");
  }
  if (config.labels.empty()) {
    return invalid_argument(
        directory + "/config.json: 'id2label' is missing: not a trained classifier (a base for training?)", "id2label");
  }
  YUPU_ASSIGN_OR_RETURN(auto tokenizer, text::load_tokenizer(directory));
  YUPU_ASSIGN_OR_RETURN(const Told told, told_shape(directory, options.task));
  Fresh shape{.labels = config.labels,
              .seed = 0,
              .max_length = config.encoder.position_count,
              .pooling = told.pooling,
              .background = told.background};
  if (told.background) shape.labels.pop_back();
  YUPU_ASSIGN_OR_RETURN(auto classifier,
                        assemble(config.encoder, std::move(tokenizer), shape, model::FreshWeights::kLoaded,
                                 model::FreshWeights::kLoaded, directory));
  const auto absent = model::load_weights(directory, classifier->tensors(), {}, {}, options.placement);
  if (!absent.ok()) return absent.status();
  classifier->record_.task = options.task;
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
  if (task != record_.task)
    return invalid_argument(fmt::format("{}: a model for task \"{}\", not \"{}\"", path, task, record_.task), "task");
  YUPU_ASSIGN_OR_RETURN(max_length_, json_int(*json, "max_length", path));
  if (max_length_ < 3 || max_length_ > config().position_count) {
    return invalid_argument(
        fmt::format("{}: 'max_length' {} must be 3 to {}", path, max_length_, config().position_count), "max_length");
  }
  if (const auto it = json->find("lineage"); it != json->end()) lineage_ = *it;
  return read_extras(*json, directory, path);
}

// What stands in files of its own beside the weights, and the calibration, which says what must be there.
Status Classifier::read_extras(const Json& json, const std::string& directory, const std::string& path) {
  if (const auto it = json.find("calibration"); it != json.end() && !it->is_null()) {
    YUPU_ASSIGN_OR_RETURN(calibration_, Calibration::from_json(*it, path));
  }
  const ScopeGate* const gate = calibration_ && calibration_->gate ? &*calibration_->gate : nullptr;
  if (gate != nullptr && reads_distances(*gate)) {
    YUPU_ASSIGN_OR_RETURN(distances_, ClassDistances::load(directory, config().hidden_size));
  }
  if (gate != nullptr && reads_neighbours(*gate)) {
    YUPU_ASSIGN_OR_RETURN(neighbours_, Neighbours::load(directory, config().hidden_size));
  }
  YUPU_ASSIGN_OR_RETURN(wide_,
                        model::WideBranch::load_recorded(json, directory, static_cast<std::int64_t>(output_count())));
  if (gate == nullptr) return ok_status();
  show_agreement(reads_agreement(*gate));
  if (reads_agreement(*gate) && wide_ == nullptr)
    return invalid_argument(fmt::format("{}: the scope gate reads a wide branch, and there is none", path), "wide");
  const bool reads_background =
      gate->score == ScopeScore::kBackground || (gate->combination && gate->combination->uses(ScopeSign::kBackground));
  if (reads_background && !background_)
    return invalid_argument(fmt::format("{}: the scope gate reads a background output, and there is none", path),
                            "background");
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
  std::vector<std::string> outputs = labels_;
  if (background_) outputs.emplace_back(handoff::kOutOfScope);
  YUPU_RETURN_IF_ERROR(model::write_model_config(directory, {.encoder = config(),
                                                             .architecture = std::string(kArchitecture),
                                                             .labels = std::move(outputs),
                                                             .problem_type = record_.problem_type}));
  return model::save_weights(directory, tensors());
}

Status Classifier::save(const std::string& directory) const {
  YUPU_RETURN_IF_ERROR(make_directories(directory));
  YUPU_RETURN_IF_ERROR(remove_tree(directory + "/yupu.json"));
  YUPU_RETURN_IF_ERROR(save_weights(directory));
  YUPU_RETURN_IF_ERROR(wide_ ? wide_->save(directory) : model::WideBranch::remove(directory));
  const ScopeGate* const gate = calibration_ && calibration_->gate ? &*calibration_->gate : nullptr;
  const bool by_distance = distances_ && gate != nullptr && reads_distances(*gate);
  YUPU_RETURN_IF_ERROR(by_distance ? distances_->save(directory) : ClassDistances::remove(directory));
  const bool by_neighbours = neighbours_ && gate != nullptr && reads_neighbours(*gate);
  YUPU_RETURN_IF_ERROR(by_neighbours ? neighbours_->save(directory) : Neighbours::remove(directory));
  OrderedJson json;
  json["format"] = kFormat;
  json["task"] = record_.task;
  for (const auto& [key, value] : record_.members.items()) json[key] = value;
  json["max_length"] = max_length_;
  if (pooling_ != Pooling::kCls) json["pooling"] = pooling_name(pooling_);
  if (background_) json["background"] = true;
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

}  // namespace yupu::tasks
