// Reads vocab.txt, tokenizer.json and tokenizer_config.json (docs/formats/vocab.md).
#include <vector>

#include "base/file.h"
#include "base/json.h"
#include "text/tokenizers/tokenizer_files.h"
#include "text/tokenizers/wordpiece/wordpiece.h"
#include "text/unicode.h"

namespace yupu::text {
namespace {

Status read_bool(const Json& object, const char* key, const std::string& where, bool& value) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return ok_status();
  if (!found->is_boolean()) return invalid_argument(where + ": " + key + " must be true or false", key);
  value = found->get<bool>();
  return ok_status();
}

Status read_strip_accents(const Json& object, const std::string& where, WordPieceOptions& options) {
  const auto found = object.find("strip_accents");
  if (found == object.end() || found->is_null()) return ok_status();
  bool strip = false;
  YUPU_RETURN_IF_ERROR(read_bool(object, "strip_accents", where, strip));
  options.strip_accents = strip;
  return ok_status();
}

Status read_word_chars_max(const Json& object, const std::string& where, WordPieceOptions& options) {
  const auto found = object.find("max_input_chars_per_word");
  if (found == object.end() || found->is_null()) return ok_status();
  if (!found->is_number_integer() || found->get<std::int64_t>() < 1 || found->get<std::int64_t>() > 1'000'000) {
    return invalid_argument(where + ": max_input_chars_per_word must be a whole number from 1 to 1000000",
                            "max_input_chars_per_word");
  }
  options.word_chars_max = found->get<std::int32_t>();
  return ok_status();
}

// A special token under another name would be read as ordinary text, silently: refuse.
Status check_special_names(const Json& config, const std::string& where) {
  const std::pair<const char*, const char*> expected[] = {{"unk_token", "[UNK]"},
                                                          {"cls_token", "[CLS]"},
                                                          {"sep_token", "[SEP]"},
                                                          {"pad_token", "[PAD]"},
                                                          {"mask_token", "[MASK]"}};
  for (const auto& [key, token] : expected) {
    const auto found = config.find(key);
    if (found == config.end() || found->is_null()) continue;
    const Json* name = &*found;
    if (name->is_object() && name->contains("content")) name = &(*name)["content"];  // the library's long form
    if (!name->is_string() || name->get_ref<const std::string&>() != token) {
      return invalid_argument(where + ": " + key + " must be \"" + token + "\", the name BERT gives it", key);
    }
  }
  return ok_status();
}

Status read_config(const std::string& path, WordPieceOptions& options) {
  YUPU_ASSIGN_OR_RETURN(const Json config, read_tokenizer_object(path));
  YUPU_RETURN_IF_ERROR(read_bool(config, "do_lower_case", path, options.lower_case));
  YUPU_RETURN_IF_ERROR(read_strip_accents(config, path, options));
  YUPU_RETURN_IF_ERROR(read_bool(config, "tokenize_chinese_chars", path, options.tokenize_chinese_chars));
  YUPU_RETURN_IF_ERROR(read_bool(config, "clean_text", path, options.clean_text));
  YUPU_RETURN_IF_ERROR(read_word_chars_max(config, path, options));
  return check_special_names(config, path);
}

// tokenizer.json of the reference library, when it describes a BERT WordPiece tokenizer.
Result<std::vector<std::string>> read_tokenizer_json(const std::string& path, WordPieceOptions& options) {
  YUPU_ASSIGN_OR_RETURN(const Json document, read_tokenizer_object(path));
  const auto model = document.find("model");
  if (model == document.end() || !model->is_object())
    return invalid_argument(path + ": model must be an object", "model");
  if (model->contains("type") && (*model)["type"] != "WordPiece") {
    return invalid_argument(path + ": model.type must be \"WordPiece\"", "model.type");
  }
  YUPU_RETURN_IF_ERROR(read_word_chars_max(*model, path + ": model", options));
  const auto normalizer = document.find("normalizer");
  if (normalizer == document.end() || !normalizer->is_object() || !normalizer->contains("type") ||
      (*normalizer)["type"] != "BertNormalizer") {
    return invalid_argument(path + ": normalizer.type must be \"BertNormalizer\"", "normalizer.type");
  }
  const std::string where = path + ": normalizer";
  YUPU_RETURN_IF_ERROR(read_bool(*normalizer, "lowercase", where, options.lower_case));
  YUPU_RETURN_IF_ERROR(read_bool(*normalizer, "clean_text", where, options.clean_text));
  YUPU_RETURN_IF_ERROR(read_bool(*normalizer, "handle_chinese_chars", where, options.tokenize_chinese_chars));
  YUPU_RETURN_IF_ERROR(read_strip_accents(*normalizer, where, options));
  const auto vocab = model->find("vocab");
  return vocabulary_of_object(vocab == model->end() ? Json() : *vocab, path, "model.vocab");
}

}  // namespace

Result<std::vector<std::string>> parse_vocabulary(std::string_view bytes, std::string_view where) {
  std::vector<std::string> vocabulary;
  while (!bytes.empty()) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    std::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    const auto at = [&] { return std::string(where) + ": line " + std::to_string(vocabulary.size() + 1) + ": "; };
    if (line.empty()) return invalid_argument(at() + "a line without a token");
    if (const auto invalid = validate_utf8(line)) {
      return invalid_argument(at() + "not valid UTF-8 from byte " + std::to_string(*invalid) + " of the line");
    }
    vocabulary.emplace_back(line);
  }
  return vocabulary;
}

std::string format_vocabulary(const std::vector<std::string>& vocabulary) {
  std::string bytes;
  for (const std::string& token : vocabulary) (bytes += token) += '\n';
  return bytes;
}

bool recognises_wordpiece(const std::string& directory) {
  return file_exists(directory + "/vocab.txt") || file_exists(directory + "/tokenizer.json");
}

Result<std::unique_ptr<Tokenizer>> open_wordpiece(const std::string& directory) {
  WordPieceOptions options;
  std::string path = directory + "/vocab.txt";
  std::vector<std::string> vocabulary;
  if (file_exists(path)) {
    YUPU_ASSIGN_OR_RETURN(const std::string bytes, read_file(path, kTokenizerFileBytesMax));
    YUPU_ASSIGN_OR_RETURN(vocabulary, parse_vocabulary(bytes, path));
  } else {
    path = directory + "/tokenizer.json";
    YUPU_ASSIGN_OR_RETURN(vocabulary, read_tokenizer_json(path, options));
  }
  const std::string config = directory + "/tokenizer_config.json";
  if (file_exists(config)) YUPU_RETURN_IF_ERROR(read_config(config, options));
  auto made = make_wordpiece(std::move(vocabulary), options);
  if (!made.ok()) return made.status().with_context(path);
  return made;
}

}  // namespace yupu::text
