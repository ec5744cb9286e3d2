#include "model/adapters/files.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "base/file.h"
#include "base/json.h"
#include "model/adapters/methods.h"

namespace yupu::model {
namespace {

constexpr std::string_view kPrefix = "base_model.model.";
constexpr std::string_view kHead = "classifier.";
constexpr std::string_view kPooler = "bert.pooler.dense.weight";
constexpr std::string_view kDownEnds[] = {".lora_A.weight", ".lora_A"};

std::string plain_name(std::string_view name) {
  if (name.starts_with(kPrefix)) name.remove_prefix(kPrefix.size());
  std::string plain(name);
  constexpr std::string_view kCopy = ".modules_to_save.";
  if (const std::size_t at = plain.find(kCopy); at != std::string::npos) {
    const std::size_t end = plain.find('.', at + kCopy.size());  // an adapter's name may follow: "...default.weight"
    plain.replace(at, (end == std::string::npos ? at + kCopy.size() - 1 : end) - at, "");
  }
  return plain;
}

std::vector<std::int64_t> shape_of(const engine::Tensor& tensor) {
  std::vector<std::int64_t> shape;
  for (int axis = 0; axis < tensor.rank(); ++axis) shape.push_back(tensor.size(axis));
  return shape;
}

Status copy_entry(const TensorEntry& entry, const engine::Tensor& target, const std::string& where) {
  if (entry.shape != shape_of(target)) {
    return invalid_argument(
        fmt::format("{}: tensor \"{}\" has shape {}, the base asks for {}: an adapter of another "
                    "base?",
                    where, entry.name, shape_text(entry.shape), shape_text(shape_of(target))));
  }
  YUPU_RETURN_IF_ERROR(copy_to_f32(entry, target.values(), where));
  for (const float value : target.values()) {
    if (!std::isfinite(value)) {
      return invalid_argument(
          fmt::format("{}: tensor \"{}\" holds {}: the weights are damaged", where, entry.name, value));
    }
  }
  return ok_status();
}

const TensorEntry* find_plain(const Safetensors& file, std::string_view plain) {
  for (const TensorEntry& entry : file.tensors()) {
    if (plain_name(entry.name) == plain) return &entry;
  }
  return nullptr;
}

// alpha_pattern and rank_pattern of LORA: the end of a path -> the module's own value.
double alpha_of(const AdapterConfig& config, const std::map<std::string, double>& pattern, const std::string& path) {
  for (const auto& [end, alpha] : pattern) {
    if (path == end || path.ends_with("." + end)) return alpha;
  }
  return config.alpha;
}

OrderedJson config_json(const Adapter& adapter) {
  const AdapterConfig& config = adapter.config();
  const AdapterMethod& method = *find_adapter_method(config.method);
  OrderedJson json;
  json["peft_type"] = method.peft_type;
  json["task_type"] = "SEQ_CLS";
  json["base_model_name_or_path"] = config.base;
  json["revision"] = nullptr;
  json["inference_mode"] = true;
  method.write_config(config, json);
  json["modules_to_save"] = {"classifier"};
  if (adapter.pooler().gain != nullptr) json["modules_to_save"].push_back("pooler");
  return json;
}

}  // namespace

bool is_adapter_directory(const std::string& directory) {
  return file_exists(fmt::format("{}/{}", directory, kAdapterConfigFile));
}

Result<AdapterFiles> AdapterFiles::open(const std::string& directory) {
  const std::string path = fmt::format("{}/{}", directory, kAdapterConfigFile);
  YUPU_ASSIGN_OR_RETURN(const std::string text, read_file(path, std::size_t{16} << 20));
  const auto json = parse_json(text);
  if (!json.ok()) return json.status().with_context(path);
  if (!json->is_object()) return invalid_argument(path + ": not an object");
  YUPU_ASSIGN_OR_RETURN(const std::string peft_type, json_string(*json, "peft_type", path));
  const AdapterMethod* method = find_adapter_peft_type(peft_type);
  if (method == nullptr) {
    return invalid_argument(
        fmt::format("{}: peft_type \"{}\" is not supported (known: LORA, ADALORA, HOULSBY)", path, peft_type),
        "peft_type");
  }
  AdapterConfig config;
  config.method = method->name;
  YUPU_ASSIGN_OR_RETURN(config.base, json_string(*json, "base_model_name_or_path", path));
  YUPU_RETURN_IF_ERROR(method->read_config(*json, path, config));
  if (json->contains("alpha_pattern") && (*json)["alpha_pattern"].is_object()) {
    for (const auto& [end, alpha] : (*json)["alpha_pattern"].items()) {
      if (!alpha.is_number()) return invalid_argument(fmt::format("{}: 'alpha_pattern' of \"{}\"", path, end));
      config.alpha_pattern[end] = alpha.get<double>();
    }
  }
  YUPU_ASSIGN_OR_RETURN(Safetensors file, Safetensors::open(fmt::format("{}/{}", directory, kAdapterWeightsFile)));
  return AdapterFiles(std::move(config), std::move(file));
}

std::optional<std::int64_t> AdapterFiles::class_count() const {
  const TensorEntry* weight = find_plain(file_, "classifier.weight");
  if (weight == nullptr || weight->shape.size() != 2) return std::nullopt;
  return weight->shape[0];
}

Result<std::vector<ModuleRank>> AdapterFiles::module_ranks(const EncoderConfig& base) const {
  std::map<std::string, ModuleAt> known;
  for (const ModuleAt at : all_modules(base)) known.emplace(module_path(at), at);
  std::vector<ModuleRank> ranks;
  for (const TensorEntry& entry : file_.tensors()) {
    const std::string name = plain_name(entry.name);
    for (const std::string_view end : kDownEnds) {
      if (!name.ends_with(end)) continue;
      const std::string path = name.substr(0, name.size() - end.size());
      const auto it = known.find(path);
      if (it == known.end() || entry.shape.size() != 2) {
        return invalid_argument(fmt::format("{}: tensor \"{}\" {}: the base has no linear layer \"{}\"", file_.where(),
                                            entry.name, shape_text(entry.shape), path));
      }
      ranks.push_back({it->second, entry.shape[0], alpha_of(config_, config_.alpha_pattern, path)});
    }
  }
  std::sort(ranks.begin(), ranks.end(), [](const ModuleRank& a, const ModuleRank& b) {
    return a.at.layer != b.at.layer ? a.at.layer < b.at.layer : a.at.module < b.at.module;
  });
  return ranks;
}

Result<std::unique_ptr<Adapter>> AdapterFiles::read(const EncoderConfig& base,
                                                    std::span<const TensorBinding> head) const {
  YUPU_ASSIGN_OR_RETURN(const auto ranks, module_ranks(base));
  auto adapter = Adapter::blank(config_, base, ranks, find_plain(file_, kPooler) != nullptr);
  std::map<std::string, const TensorEntry*> entries;
  for (const TensorEntry& entry : file_.tensors()) {
    if (!entries.emplace(plain_name(entry.name), &entry).second) {
      return invalid_argument(fmt::format("{}: tensor \"{}\" twice", file_.where(), entry.name));
    }
  }
  for (engine::Parameter* parameter : adapter->parameters()) {
    const auto it = entries.find(parameter->name);
    if (it == entries.end()) {
      return invalid_argument(fmt::format("{}: tensor \"{}{}\" {} is missing", file_.where(), kPrefix, parameter->name,
                                          shape_text(shape_of(parameter->value))));
    }
    YUPU_RETURN_IF_ERROR(copy_entry(*it->second, parameter->value, file_.where()));
    parameter->value_changed();
    entries.erase(it);
  }
  for (const TensorBinding& binding : head) {
    const auto it = entries.find(binding.name);
    if (it == entries.end()) continue;
    YUPU_RETURN_IF_ERROR(copy_entry(*it->second, binding.tensor, file_.where()));
    binding.parameter->value_changed();
    entries.erase(it);
  }
  for (const auto& [name, entry] : entries) {
    if (name.starts_with(kHead) && head.empty()) continue;
    return invalid_argument(fmt::format("{}: tensor \"{}\" {} has no place in a {} adapter of this base", file_.where(),
                                        entry->name, shape_text(entry->shape), config_.method));
  }
  return adapter;
}

Status save_adapter(const std::string& directory, const Adapter& adapter, std::span<const TensorBinding> head) {
  std::vector<std::pair<std::string, engine::Tensor>> tensors;
  for (const engine::Parameter* parameter : adapter.parameters()) {
    tensors.emplace_back(fmt::format("{}{}", kPrefix, parameter->name), parameter->value);
  }
  for (const TensorBinding& binding : head)
    tensors.emplace_back(fmt::format("{}{}", kPrefix, binding.name), binding.tensor);
  YUPU_RETURN_IF_ERROR(make_directories(directory));
  YUPU_RETURN_IF_ERROR(write_safetensors(fmt::format("{}/{}", directory, kAdapterWeightsFile), tensors));
  return write_file_atomic(fmt::format("{}/{}", directory, kAdapterConfigFile),
                           config_json(adapter).dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n");
}

}  // namespace yupu::model
