// Reads tokenizer.json, or vocab.json and merges.txt, and tokenizer_config.json (docs/formats/bpe.md).
#include <algorithm>

#include "base/file.h"
#include "text/tokenizers/bpe/bpe.h"
#include "text/tokenizers/tokenizer_files.h"
#include "text/unicode.h"

namespace yupu::text {
namespace {

constexpr std::string_view kTokenizerJson = "/tokenizer.json", kVocabulary = "/vocab.json", kMerges = "/merges.txt",
                           kConfig = "/tokenizer_config.json";

// A setting that would change what a text becomes, and the values that leave it as GPT-2 has it.
Status refuse_unless(const Json& object, const char* key, std::initializer_list<Json> usual, const std::string& where) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return ok_status();
  if (std::any_of(usual.begin(), usual.end(), [&](const Json& value) { return value == *found; })) return ok_status();
  return invalid_argument(where + ": " + key + " is " + to_text(*found) +
                              "; read is byte-level BPE as GPT-2 has it: " + to_text(*usual.begin()),
                          key);
}

// GPT-2's own file names no type: the library knows a BPE by its merges.
bool is_bpe(const Json& model) { return model.contains("type") ? model["type"] == "BPE" : model.contains("merges"); }

Status check_model(const Json& model, const std::string& where) {
  if (!is_bpe(model)) return invalid_argument(where + ".type must be \"BPE\"", "model.type");
  YUPU_RETURN_IF_ERROR(refuse_unless(model, "dropout", {nullptr, 0.0}, where));
  YUPU_RETURN_IF_ERROR(refuse_unless(model, "continuing_subword_prefix", {""}, where));
  YUPU_RETURN_IF_ERROR(refuse_unless(model, "end_of_word_suffix", {""}, where));
  YUPU_RETURN_IF_ERROR(refuse_unless(model, "byte_fallback", {false}, where));
  return refuse_unless(model, "ignore_merges", {false}, where);
}

Status check_pre_tokenizer(const Json& document, const std::string& where) {
  const auto found = document.find("pre_tokenizer");
  if (found == document.end() || !found->is_object() || !found->contains("type") || (*found)["type"] != "ByteLevel") {
    return invalid_argument(where + ": pre_tokenizer.type must be \"ByteLevel\"", "pre_tokenizer.type");
  }
  YUPU_RETURN_IF_ERROR(refuse_unless(*found, "use_regex", {true}, where + ": pre_tokenizer"));
  return refuse_unless(*found, "add_prefix_space", {false}, where + ": pre_tokenizer");
}

Result<std::vector<std::pair<std::string, std::string>>> merges_of(const Json& model, const std::string& where) {
  const auto found = model.find("merges");
  if (found == model.end() || !found->is_array())
    return invalid_argument(where + ".merges must be an array", "model.merges");
  std::vector<std::pair<std::string, std::string>> merges;
  for (const Json& merge : *found) {
    std::string left, right;
    if (merge.is_string()) {  // "a b", as older files have it
      const auto& text = merge.get_ref<const std::string&>();
      const std::size_t space = text.find(' ');
      if (space != std::string::npos) {
        left = text.substr(0, space);
        right = text.substr(space + 1);
      }
    } else if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string()) {
      left = merge[0].get<std::string>();
      right = merge[1].get<std::string>();
    }
    if (left.empty() || right.empty() || right.find(' ') != std::string::npos) {
      return invalid_argument(where + ".merges: entry " + std::to_string(merges.size()) + " is no pair of tokens",
                              "model.merges");
    }
    merges.emplace_back(std::move(left), std::move(right));
  }
  return merges;
}

// Adds the tokens of "added_tokens": some stand in the vocabulary, others come behind it.
Status add_added(const Json& document, const std::string& where, BpeParts& parts) {
  const auto found = document.find("added_tokens");
  if (found == document.end() || found->is_null()) return ok_status();
  const auto refuse = [&](std::size_t i, const std::string& what) {
    return invalid_argument(where + ": added_tokens: entry " + std::to_string(i) + " " + what, "added_tokens");
  };
  if (!found->is_array()) return invalid_argument(where + ": added_tokens must be an array", "added_tokens");
  for (std::size_t i = 0; i < found->size(); ++i) {
    const Json& entry = (*found)[i];
    const bool shaped = entry.is_object() && entry.contains("content") && entry["content"].is_string() &&
                        entry.contains("id") && entry["id"].is_number_unsigned();
    if (!shaped) return refuse(i, "needs an id and a content");
    for (const char* key : {"single_word", "lstrip", "rstrip"}) {
      YUPU_RETURN_IF_ERROR(refuse_unless(entry, key, {false}, where + ": added_tokens: entry " + std::to_string(i)));
    }
    const auto id = entry["id"].get<std::uint64_t>();
    std::string content = entry["content"].get<std::string>();
    if (id == parts.vocabulary.size()) parts.vocabulary.push_back(content);
    if (id >= parts.vocabulary.size() || parts.vocabulary[id] != content)
      return refuse(i, "'" + content + "' has the id " + std::to_string(id) + ", which is not its own or leaves a gap");
    parts.added.push_back({.text = std::move(content), .special = entry.value("special", Json(true)) != false});
  }
  return ok_status();
}

// "eos_token" of tokenizer_config.json, when it names one.
Status read_end_of_text(const std::string& directory, BpeParts& parts) {
  const std::string path = directory + std::string(kConfig);
  if (!file_exists(path)) return ok_status();
  YUPU_ASSIGN_OR_RETURN(const Json config, read_tokenizer_object(path));
  YUPU_RETURN_IF_ERROR(refuse_unless(config, "add_prefix_space", {false}, path));
  const auto found = config.find("eos_token");
  if (found == config.end() || found->is_null()) return ok_status();
  const Json* name = &*found;
  if (name->is_object() && name->contains("content")) name = &(*name)["content"];  // the library's long form
  if (!name->is_string()) return invalid_argument(path + ": eos_token must be text", "eos_token");
  parts.end_of_text = name->get<std::string>();
  return ok_status();
}

}  // namespace

Result<std::vector<std::string>> parse_bpe_vocabulary(std::string_view json, std::string_view where) {
  YUPU_ASSIGN_OR_RETURN(const Json object, parse_tokenizer_object(json, std::string(where)));
  return vocabulary_of_object(object, std::string(where), "vocab");
}

Result<std::vector<std::pair<std::string, std::string>>> parse_merges(std::string_view text, std::string_view where) {
  std::vector<std::pair<std::string, std::string>> merges;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with("#version")) continue;
    const std::size_t space = line.find(' ');
    const auto at = [&] { return std::string(where) + ": line " + std::to_string(number) + ": "; };
    if (space == 0 || space == std::string_view::npos || space + 1 == line.size() ||
        line.find(' ', space + 1) != std::string_view::npos) {
      return invalid_argument(at() + "two tokens with one space between them were expected");
    }
    if (validate_utf8(line)) return invalid_argument(at() + "not valid UTF-8");
    merges.emplace_back(line.substr(0, space), line.substr(space + 1));
  }
  return merges;
}

Result<BpeParts> parse_bpe_json(std::string_view json, std::string_view where) {
  const std::string name(where);
  YUPU_ASSIGN_OR_RETURN(const Json document, parse_tokenizer_object(json, name));
  const auto model = document.find("model");
  if (model == document.end() || !model->is_object())
    return invalid_argument(name + ": model must be an object", "model");
  YUPU_RETURN_IF_ERROR(check_model(*model, name + ": model"));
  YUPU_RETURN_IF_ERROR(check_pre_tokenizer(document, name));
  if (document.contains("normalizer") && !document["normalizer"].is_null())
    return invalid_argument(name + ": normalizer must be null", "normalizer");
  BpeParts parts;
  if (!model->contains("vocab")) return invalid_argument(name + ": model.vocab must be an object", "model.vocab");
  YUPU_ASSIGN_OR_RETURN(parts.vocabulary, vocabulary_of_object((*model)["vocab"], name, "model.vocab"));
  YUPU_ASSIGN_OR_RETURN(parts.merges, merges_of(*model, name + ": model"));
  YUPU_RETURN_IF_ERROR(add_added(document, name, parts));
  return parts;
}

bool recognises_bpe(const std::string& directory) {
  if (file_exists(directory + std::string(kVocabulary))) return true;
  const std::string path = directory + std::string(kTokenizerJson);
  if (!file_exists(path) || file_exists(directory + "/vocab.txt")) return false;
  const auto document = read_tokenizer_object(path);
  return document.ok() && document->contains("model") && (*document)["model"].is_object() &&
         is_bpe((*document)["model"]);
}

Result<std::unique_ptr<Tokenizer>> open_bpe(const std::string& directory) {
  BpeParts parts;
  std::string path = directory + std::string(kTokenizerJson);
  if (file_exists(path)) {
    YUPU_ASSIGN_OR_RETURN(const std::string bytes, read_file(path, kTokenizerFileBytesMax));
    YUPU_ASSIGN_OR_RETURN(parts, parse_bpe_json(bytes, path));
  } else {
    path = directory + std::string(kVocabulary);
    YUPU_ASSIGN_OR_RETURN(const std::string vocabulary, read_file(path, kTokenizerFileBytesMax));
    YUPU_ASSIGN_OR_RETURN(parts.vocabulary, parse_bpe_vocabulary(vocabulary, path));
    path = directory + std::string(kMerges);
    YUPU_ASSIGN_OR_RETURN(const std::string merges, read_file(path, kTokenizerFileBytesMax));
    YUPU_ASSIGN_OR_RETURN(parts.merges, parse_merges(merges, path));
  }
  YUPU_RETURN_IF_ERROR(read_end_of_text(directory, parts));
  auto made = make_bpe(std::move(parts));
  if (!made.ok()) return made.status().with_context(path);
  return made;
}

}  // namespace yupu::text
