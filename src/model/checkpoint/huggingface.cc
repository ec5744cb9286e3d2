#include "model/checkpoint/huggingface.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/file.h"
#include "base/json.h"
#include "model/checkpoint/safetensors.h"
#include "model/checkpoint/weight_reader.h"

namespace yupu::model {
namespace {

constexpr std::string_view kPrefix = "bert.";
constexpr std::string_view kHeadPrefixes[] = {"classifier.", "cls."};
constexpr std::size_t kConfigBytesMax = 16 << 20;

bool begins_with_any(std::string_view name, std::span<const std::string_view> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view prefix) { return name.starts_with(prefix); });
}

// A name of a file as this program calls it.
std::string plain_name(std::string_view name) {
  if (name.starts_with(kPrefix)) name.remove_prefix(kPrefix.size());
  std::string plain(name);
  constexpr std::pair<std::string_view, std::string_view> kOld[] = {{"LayerNorm.gamma", "LayerNorm.weight"},
                                                                    {"LayerNorm.beta", "LayerNorm.bias"}};
  for (const auto& [old_name, new_name] : kOld) {
    if (plain.ends_with(old_name)) plain.replace(plain.size() - old_name.size(), old_name.size(), new_name);
  }
  return plain;
}

bool only_for_pretraining(std::string_view name) {
  return name.starts_with("cls.") || name == "embeddings.position_ids";
}

std::vector<std::int64_t> shape_of(const engine::Tensor& tensor) {
  std::vector<std::int64_t> shape;
  for (int axis = 0; axis < tensor.rank(); ++axis) shape.push_back(tensor.size(axis));
  return shape;
}

std::string first_architecture(const Json& json) {
  const auto it = json.find("architectures");
  const bool named = it != json.end() && it->is_array() && !it->empty() && (*it)[0].is_string();
  return named ? (*it)[0].get<std::string>() : std::string();
}

Result<std::vector<std::string>> read_labels(const Json& json, const std::string& where) {
  std::vector<std::string> labels;
  const auto it = json.find("id2label");
  if (it == json.end() || it->is_null()) return labels;
  if (!it->is_object()) return invalid_argument(where + ": 'id2label' must be an object", "id2label");
  std::set<std::string> seen;
  for (std::size_t i = 0; i < it->size(); ++i) {
    const auto label = it->find(std::to_string(i));
    if (label == it->end() || !label->is_string()) {
      return invalid_argument(fmt::format("{}: 'id2label' has {} entries but no text for \"{}\"", where, it->size(), i),
                              "id2label");
    }
    labels.push_back(label->get<std::string>());
    if (!seen.insert(labels.back()).second) {
      return invalid_argument(fmt::format("{}: 'id2label' has the label \"{}\" twice", where, labels.back()),
                              "id2label");
    }
  }
  return labels;
}

std::string problem_type_in(const Json& json) {
  const auto it = json.find("problem_type");
  return it != json.end() && it->is_string() ? it->get<std::string>() : std::string();
}

// An empty object when there is none, or when it cannot be read.
Json told_config(const std::string& directory) {
  const auto text = read_file(directory + "/config.json", kConfigBytesMax);
  if (!text.ok()) return Json::object();
  auto json = parse_json(*text);
  return json.ok() && json->is_object() ? std::move(json).value() : Json::object();
}

}  // namespace

std::string told_architecture(const std::string& directory) { return first_architecture(told_config(directory)); }

std::string told_problem_type(const std::string& directory) { return problem_type_in(told_config(directory)); }

Result<ModelConfig> read_model_config(const std::string& directory) {
  const std::string path = directory + "/config.json";
  YUPU_ASSIGN_OR_RETURN(const std::string text, read_file(path, kConfigBytesMax));
  auto json = parse_json(text);
  if (!json.ok()) return json.status().with_context(path);
  ModelConfig config;
  YUPU_ASSIGN_OR_RETURN(config.encoder, EncoderConfig::from_json(*json, path));
  config.architecture = first_architecture(*json);
  YUPU_ASSIGN_OR_RETURN(config.labels, read_labels(*json, path));
  config.problem_type = problem_type_in(*json);
  return config;
}

namespace {

void write_labels(OrderedJson& json, const ModelConfig& config) {
  const std::vector<std::string>& labels = config.labels;
  if (labels.empty()) return;  // a model of no labels: a base
  OrderedJson id2label = OrderedJson::object();
  OrderedJson label2id = OrderedJson::object();
  for (std::size_t i = 0; i < labels.size(); ++i) {
    id2label[std::to_string(i)] = labels[i];
    label2id[labels[i]] = i;
  }
  json["id2label"] = std::move(id2label);
  json["label2id"] = std::move(label2id);
  // The reference library opens one output as nothing but a regression.
  const char* usual = labels.size() == 1 ? "regression" : "single_label_classification";
  json["problem_type"] = config.problem_type.empty() ? usual : config.problem_type;
}

}  // namespace

Status write_model_config(const std::string& directory, const ModelConfig& config, FloatFormat floats) {
  OrderedJson json;
  json["architectures"] = {config.architecture};
  config.encoder.write_to(json);
  write_labels(json, config);
  json["torch_dtype"] = floats == FloatFormat::kF16 ? "float16" : "float32";  // of what is not quantised
  return write_file_atomic(directory + "/config.json",
                           json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n");
}

Result<std::vector<std::string>> load_weights(const std::string& directory, std::span<const TensorBinding> bindings,
                                              std::span<const std::string_view> optional,
                                              std::span<const std::string_view> ignored, Placement placement) {
  return load_named_weights(
      directory, bindings,
      {.plain = plain_name,
       .may_be_absent = [optional](std::string_view name) { return begins_with_any(name, optional); },
       .passed_over =
           [ignored](std::string_view name) { return only_for_pretraining(name) || begins_with_any(name, ignored); }},
      placement);
}

Result<std::vector<std::string>> load_named_weights(const std::string& directory,
                                                    std::span<const TensorBinding> bindings, const NameRules& rules,
                                                    Placement placement) {
  const std::string path = fmt::format("{}/{}", directory, kWeightsFile);
  if (!file_exists(path) && file_exists(directory + "/pytorch_model.bin")) {
    return not_found(
        fmt::format("{}: absent; pytorch_model.bin is not read: save the model as safetensors first", path));
  }
  YUPU_ASSIGN_OR_RETURN(const Safetensors file, Safetensors::open(path));
  std::map<std::string, const TensorEntry*> entries;
  for (const TensorEntry& entry : file.tensors()) {
    const auto [it, is_new] = entries.emplace(rules.plain(entry.name), &entry);
    if (!is_new) {
      return invalid_argument(
          fmt::format("{}: tensors \"{}\" and \"{}\" are the same weight", path, it->second->name, entry.name));
    }
  }
  WeightReader reader(file, placement);
  std::vector<std::string> absent;
  for (const TensorBinding& binding : bindings) {
    const auto it = entries.find(binding.name);
    if (it != entries.end()) {
      YUPU_RETURN_IF_ERROR(reader.add(*it->second, binding));
      entries.erase(it);
    } else if (rules.may_be_absent(binding.name)) {
      absent.push_back(binding.name);
    } else {
      return invalid_argument(
          fmt::format("{}: tensor \"{}\" {} is missing", path, binding.name, shape_text(shape_of(binding.tensor))));
    }
  }
  for (const auto& [name, entry] : entries) {
    if (rules.passed_over(name)) continue;
    return invalid_argument(fmt::format("{}: tensor \"{}\" {} has no place in the model config.json describes", path,
                                        entry->name, shape_text(entry->shape)));
  }
  YUPU_RETURN_IF_ERROR(reader.run());
  return absent;
}

Status save_weights(const std::string& directory, std::span<const TensorBinding> bindings, FloatFormat floats,
                    EncoderNames names) {
  std::vector<std::pair<std::string, engine::Tensor>> tensors;
  for (const TensorBinding& binding : bindings) {
    const bool bare = names == EncoderNames::kBare || begins_with_any(binding.name, kHeadPrefixes);
    const std::string_view prefix = bare ? std::string_view() : kPrefix;
    tensors.emplace_back(fmt::format("{}{}", prefix, binding.name), binding.tensor);
  }
  return write_safetensors(fmt::format("{}/{}", directory, kWeightsFile), tensors, {}, floats);
}

}  // namespace yupu::model
