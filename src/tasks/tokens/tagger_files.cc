// Taggers from and to a directory.
#include <fmt/format.h>

#include "base/file.h"
#include "model/checkpoint/huggingface.h"
#include "tasks/base_model.h"
#include "tasks/tokens/tagger.h"

namespace yupu::tasks {
namespace {

constexpr std::string_view kTask = "tokens";
constexpr std::string_view kArchitecture = "BertForTokenClassification";

Result<Scheme> scheme_in(const Json& own, std::span<const std::string> labels, const std::string& directory) {
  if (own.is_null()) {
    if (const auto guess = scheme_of_labels(labels)) return *guess;
    return invalid_argument(directory + "/config.json: 'id2label' has labels that are tags of no known scheme",
                            "id2label");
  }
  YUPU_ASSIGN_OR_RETURN(const std::string name, json_string(own, "scheme", directory + "/yupu.json"));
  const auto scheme = find_scheme(name);
  if (!scheme) return invalid_argument(fmt::format("{}/yupu.json: no scheme \"{}\"", directory, name), "scheme");
  return *scheme;
}

}  // namespace

Result<std::unique_ptr<Tagger>> Tagger::load(const std::string& directory, model::Placement placement) {
  YUPU_ASSIGN_OR_RETURN(const model::ModelConfig config, model::read_model_config(directory));
  if (config.labels.empty()) {
    return invalid_argument(
        directory + "/config.json: 'id2label' is missing: not a trained tagger (a base for training?)", "id2label");
  }
  YUPU_ASSIGN_OR_RETURN(const Json own, read_record(directory, kTask));
  YUPU_ASSIGN_OR_RETURN(const Scheme scheme, scheme_in(own, config.labels, directory));
  auto tags = parse_tags(config.labels, scheme);
  if (!tags.ok()) return tags.status().with_context(directory + "/config.json: id2label");
  YUPU_ASSIGN_OR_RETURN(auto tokenizer, text::load_tokenizer(directory));
  const Fresh shape{.tags = std::move(*tags),
                    .scheme = scheme,
                    .crf = !own.is_null() && own.value("crf", Json()) == Json(true),
                    .seed = 0,
                    .max_length = config.encoder.position_count};
  YUPU_ASSIGN_OR_RETURN(auto tagger,
                        assemble(config.encoder, std::move(tokenizer), shape, model::FreshWeights::kLoaded, directory));
  constexpr std::string_view kUnread[] = {"pooler."};
  const auto absent = model::load_weights(directory, tagger->tensors(), {}, kUnread, placement);
  if (!absent.ok()) return absent.status();
  if (!own.is_null()) YUPU_RETURN_IF_ERROR(tagger->read_yupu_json(own, directory));
  return tagger;
}

Status Tagger::read_yupu_json(const Json& json, const std::string& directory) {
  const std::string path = directory + "/yupu.json";
  YUPU_ASSIGN_OR_RETURN(max_length_, json_int(json, "max_length", path));
  if (max_length_ < 3 || max_length_ > config().position_count) {
    return invalid_argument(
        fmt::format("{}: 'max_length' {} must be 3 to {}", path, max_length_, config().position_count), "max_length");
  }
  if (const auto it = json.find("lineage"); it != json.end()) lineage_ = *it;
  YUPU_ASSIGN_OR_RETURN(wide_,
                        model::WideBranch::load_recorded(json, directory, static_cast<std::int64_t>(tags_.size())));
  return crf_ ? crf_->load(directory) : ok_status();
}

Status Tagger::save(const std::string& directory) const {
  YUPU_RETURN_IF_ERROR(make_directories(directory));
  YUPU_RETURN_IF_ERROR(remove_tree(directory + "/yupu.json"));
  YUPU_RETURN_IF_ERROR(tokenizer_->save(directory));
  YUPU_RETURN_IF_ERROR(model::write_model_config(
      directory, {.encoder = config(), .architecture = std::string(kArchitecture), .labels = labels()}));
  YUPU_RETURN_IF_ERROR(model::save_weights(directory, tensors()));
  YUPU_RETURN_IF_ERROR(crf_ ? crf_->save(directory) : Crf::remove(directory));
  YUPU_RETURN_IF_ERROR(wide_ ? wide_->save(directory) : model::WideBranch::remove(directory));
  OrderedJson json;
  json["format"] = kRecordFormat;
  json["task"] = kTask;
  json["scheme"] = scheme_name(scheme_);
  json["crf"] = crf_ != nullptr;
  json["max_length"] = max_length_;
  if (wide_) json["wide"] = wide_->feature_count();
  json["lineage"] = OrderedJson(lineage_);
  return write_record(directory, json);
}

}  // namespace yupu::tasks
