// Embedders from and to a directory, in sentence-transformers' layout.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/file.h"
#include "model/checkpoint/huggingface.h"
#include "tasks/base_model.h"
#include "tasks/embed/embedder.h"

namespace yupu::tasks {
namespace {

constexpr std::string_view kTask = "embed";
constexpr std::string_view kArchitecture = "BertModel";
constexpr std::string_view kModules = "modules.json";
constexpr std::string_view kPoolingFolder = "1_Pooling";
constexpr std::string_view kNormalizeFolder = "2_Normalize";
constexpr std::string_view kEncoderSettings = "sentence_bert_config.json";
constexpr std::string_view kSettings = "config_sentence_transformers.json";

// The poolings of the library's older files, one bool each; newer files have "pooling_mode" with a name.
struct PoolingKey {
  std::string_view key;
  std::optional<Pooling> pooling;  // unset: not one of ours
};
constexpr std::array kPoolingKeys = {PoolingKey{"pooling_mode_cls_token", Pooling::kCls},
                                     PoolingKey{"pooling_mode_mean_tokens", Pooling::kMean},
                                     PoolingKey{"pooling_mode_max_tokens", std::nullopt},
                                     PoolingKey{"pooling_mode_mean_sqrt_len_tokens", std::nullopt},
                                     PoolingKey{"pooling_mode_weightedmean_tokens", std::nullopt},
                                     PoolingKey{"pooling_mode_lasttoken", std::nullopt}};

struct Layout {
  Pooling pooling = Pooling::kMean;
  bool normalize = false;
  std::optional<std::int64_t> max_length;
};

Result<Json> read_json_file(const std::string& path) {
  YUPU_ASSIGN_OR_RETURN(const std::string text, read_file(path));
  auto json = parse_json(text);
  if (!json.ok()) return json.status().with_context(path);
  return json;
}

Status unknown_pooling(const std::string& path, std::string_view what) {
  return invalid_argument(fmt::format("{}: pooling {}: yupu has mean and cls, one at a time", path, what),
                          "pooling_mode");
}

Result<Pooling> read_pooling(const std::string& path) {
  YUPU_ASSIGN_OR_RETURN(const Json json, read_json_file(path));
  if (!json.is_object()) return invalid_argument(path + ": an object was expected");
  if (const auto it = json.find("pooling_mode"); it != json.end()) {
    const auto pooling = it->is_string() ? find_pooling(it->get<std::string>()) : std::nullopt;
    if (!pooling) return unknown_pooling(path, to_text(*it));
    return *pooling;
  }
  std::optional<Pooling> found;
  for (const PoolingKey& known : kPoolingKeys) {
    const auto it = json.find(known.key);
    if (it == json.end() || *it != Json(true)) continue;
    if (!known.pooling || found) return unknown_pooling(path, known.key);
    found = known.pooling;
  }
  if (!found) return unknown_pooling(path, "is not said");
  return *found;
}

// "sentence_transformers.models.Pooling" and, since version 5, "sentence_transformers...modules.pooling.Pooling".
std::string kind_of(const std::string& type) { return type.substr(type.rfind('.') + 1); }

// Transformer at the top of the directory, Pooling, and perhaps Normalize; nothing else.
Result<Layout> read_modules(const std::string& directory) {
  const std::string path = fmt::format("{}/{}", directory, kModules);
  YUPU_ASSIGN_OR_RETURN(const Json modules, read_json_file(path));
  constexpr std::array<std::string_view, 3> kKinds = {"Transformer", "Pooling", "Normalize"};
  if (!modules.is_array() || modules.size() < 2 || modules.size() > kKinds.size())
    return invalid_argument(path + ": Transformer, Pooling and perhaps Normalize were expected", "type");
  Layout layout;
  for (std::size_t i = 0; i < modules.size(); ++i) {
    YUPU_ASSIGN_OR_RETURN(const std::string type, json_string(modules[i], "type", path));
    YUPU_ASSIGN_OR_RETURN(const std::string folder, json_string(modules[i], "path", path));
    if (kind_of(type) != kKinds[i]) {
      return invalid_argument(fmt::format("{}: module {} is \"{}\", yupu has {} there", path, i, type, kKinds[i]),
                              "type");
    }
    if (i == 0 && !folder.empty()) {
      return invalid_argument(fmt::format("{}: the encoder is in \"{}\", not beside this file", path, folder), "path");
    }
    if (i == 1) {
      YUPU_ASSIGN_OR_RETURN(layout.pooling, read_pooling(fmt::format("{}/{}/config.json", directory, folder)));
    }
    if (i == 2) layout.normalize = true;
  }
  return layout;
}

// A prompt put before every text would give other vectors than the library's.
Status refuse_prompt(const std::string& directory) {
  const std::string path = fmt::format("{}/{}", directory, kSettings);
  if (!file_exists(path)) return ok_status();
  YUPU_ASSIGN_OR_RETURN(const Json json, read_json_file(path));
  const Json name = json.is_object() ? json.value("default_prompt_name", Json()) : Json();
  if (name.is_null()) return ok_status();
  return invalid_argument(
      fmt::format("{}: a default prompt ({}): yupu puts nothing before a text", path, to_text(name)),
      "default_prompt_name");
}

// Of sentence_bert_config.json, or where newer versions have it.
Result<std::optional<std::int64_t>> read_max_length(const std::string& directory) {
  constexpr std::array<std::pair<std::string_view, const char*>, 2> kPlaces = {
      {{kEncoderSettings, "max_seq_length"}, {"tokenizer_config.json", "model_max_length"}}};
  for (const auto& [file, key] : kPlaces) {
    const std::string path = fmt::format("{}/{}", directory, file);
    if (!file_exists(path)) continue;
    YUPU_ASSIGN_OR_RETURN(const Json json, read_json_file(path));
    const Json value = json.is_object() ? json.value(key, Json()) : Json();
    if (value.is_number_integer()) return std::optional(value.get<std::int64_t>());
  }
  return std::optional<std::int64_t>();
}

Result<Layout> read_layout(const std::string& directory) {
  YUPU_ASSIGN_OR_RETURN(Layout layout, read_modules(directory));
  YUPU_RETURN_IF_ERROR(refuse_prompt(directory));
  YUPU_ASSIGN_OR_RETURN(layout.max_length, read_max_length(directory));
  return layout;
}

Status write_json(const std::string& path, const OrderedJson& json) {
  return write_file_atomic(path, json.dump(2) + "\n");
}

OrderedJson module_json(int index, std::string_view path, std::string_view kind) {
  OrderedJson json;
  json["idx"] = index;
  json["name"] = std::to_string(index);
  json["path"] = path;
  json["type"] = fmt::format("sentence_transformers.models.{}", kind);
  return json;
}

}  // namespace

bool Embedder::recognises(const std::string& directory) {
  return file_exists(fmt::format("{}/{}", directory, kModules));
}

Status Embedder::load_encoder(const std::string& directory, std::uint64_t seed, model::Placement placement) {
  constexpr std::string_view kMayBeAbsent[] = {"pooler."};
  constexpr std::string_view kHeads[] = {"classifier."};
  const auto absent = model::load_weights(directory, encoder_->tensors(), kMayBeAbsent, kHeads, placement);
  if (!absent.ok()) return absent.status();
  if (!absent->empty()) encoder_->draw_pooler(seed);
  return ok_status();
}

Result<std::unique_ptr<Embedder>> Embedder::from_base(const std::string& directory, const Fresh& fresh,
                                                      std::optional<float> dropout) {
  YUPU_ASSIGN_OR_RETURN(BaseModel base, open_base_model(directory, fresh.max_length, dropout));
  Fresh fitted = fresh;
  fitted.max_length = base.max_length;
  if (recognises(directory)) {
    YUPU_ASSIGN_OR_RETURN(const Layout layout, read_layout(directory));
    fitted.pooling = fresh.pooling.value_or(layout.pooling);
    fitted.normalize = fresh.normalize.value_or(layout.normalize);
  }
  YUPU_ASSIGN_OR_RETURN(
      auto embedder, assemble(base.config, std::move(base.tokenizer), fitted, model::FreshWeights::kLoaded, directory));
  YUPU_RETURN_IF_ERROR(embedder->load_encoder(directory, fresh.seed, model::Placement::kCopied));
  return embedder;
}

Result<std::unique_ptr<Embedder>> Embedder::load(const std::string& directory, model::Placement placement) {
  YUPU_ASSIGN_OR_RETURN(const model::ModelConfig config, model::read_model_config(directory));
  YUPU_ASSIGN_OR_RETURN(const Json own, read_record(directory, kTask));
  if (!recognises(directory)) {
    return invalid_argument(
        fmt::format("{}/{} is missing: not a sentence embedder (a base for training?)", directory, kModules), "model");
  }
  YUPU_ASSIGN_OR_RETURN(const Layout layout, read_layout(directory));
  YUPU_ASSIGN_OR_RETURN(auto tokenizer, text::load_tokenizer(directory));
  const std::int64_t positions = config.encoder.position_count;
  const Fresh shape{.seed = 0,
                    .max_length = std::min(layout.max_length.value_or(positions), positions),
                    .pooling = layout.pooling,
                    .normalize = layout.normalize};
  YUPU_ASSIGN_OR_RETURN(auto embedder,
                        assemble(config.encoder, std::move(tokenizer), shape, model::FreshWeights::kLoaded, directory));
  YUPU_RETURN_IF_ERROR(embedder->load_encoder(directory, shape.seed, placement));
  if (!own.is_null()) embedder->lineage_ = own.value("lineage", Json::object());
  return embedder;
}

Status Embedder::save(const std::string& directory) const {
  const auto in = [&](std::string_view name) { return fmt::format("{}/{}", directory, name); };
  YUPU_RETURN_IF_ERROR(make_directories(in(kPoolingFolder)));
  YUPU_RETURN_IF_ERROR(remove_tree(in("yupu.json")));
  YUPU_RETURN_IF_ERROR(tokenizer_->save(directory));
  YUPU_RETURN_IF_ERROR(model::write_model_config(
      directory, {.encoder = config(), .architecture = std::string(kArchitecture), .labels = {}}));
  YUPU_RETURN_IF_ERROR(model::save_weights(directory, tensors(), model::FloatFormat::kF32, model::EncoderNames::kBare));
  OrderedJson pooling = {{"word_embedding_dimension", width()}};
  for (const PoolingKey& key : kPoolingKeys) pooling[std::string(key.key)] = key.pooling == pooling_;
  YUPU_RETURN_IF_ERROR(write_json(in(kPoolingFolder) + "/config.json", pooling));
  OrderedJson modules =
      OrderedJson::array({module_json(0, "", "Transformer"), module_json(1, kPoolingFolder, "Pooling")});
  YUPU_RETURN_IF_ERROR(remove_tree(in(kNormalizeFolder)));
  if (normalize_) {
    modules.push_back(module_json(2, kNormalizeFolder, "Normalize"));
    YUPU_RETURN_IF_ERROR(make_directories(in(kNormalizeFolder)));
  }
  YUPU_RETURN_IF_ERROR(write_json(in(kModules), modules));
  YUPU_RETURN_IF_ERROR(write_json(in(kEncoderSettings), {{"max_seq_length", max_length_}, {"do_lower_case", false}}));
  YUPU_RETURN_IF_ERROR(write_json(in(kSettings), {{"__version__", OrderedJson::object()},
                                                  {"prompts", OrderedJson::object()},
                                                  {"default_prompt_name", OrderedJson()},
                                                  {"similarity_fn_name", "cosine"}}));
  OrderedJson json;
  json["format"] = kRecordFormat;
  json["task"] = kTask;
  json["lineage"] = OrderedJson(lineage_);
  return write_record(directory, json);
}

}  // namespace yupu::tasks
