#include "text/tokenizers/tokenizer_files.h"

#include "base/file.h"

namespace yupu::text {

Result<Json> parse_tokenizer_object(std::string_view bytes, const std::string& where) {
  auto parsed = parse_json(bytes, {.bytes_max = kTokenizerFileBytesMax});
  if (!parsed.ok()) return parsed.status().with_context(where);
  if (!parsed->is_object()) return invalid_argument(where + ": must be a JSON object");
  return parsed;
}

Result<Json> read_tokenizer_object(const std::string& path) {
  YUPU_ASSIGN_OR_RETURN(const std::string bytes, read_file(path, kTokenizerFileBytesMax));
  return parse_tokenizer_object(bytes, path);
}

Result<std::vector<std::string>> vocabulary_of_object(const Json& vocab, const std::string& where,
                                                      const std::string& field) {
  if (!vocab.is_object()) return invalid_argument(where + ": " + field + " must be an object", field);
  std::vector<std::string> vocabulary(vocab.size());
  for (const auto& [token, id] : vocab.items()) {
    const bool in_range = id.is_number_unsigned() && id.get<std::uint64_t>() < vocabulary.size();
    if (!in_range || token.empty() || !vocabulary[id.get<std::size_t>()].empty()) {
      return invalid_argument(where + ": " + field + ": token '" + token + "' needs an id of its own from 0 to " +
                                  std::to_string(vocabulary.size() - 1),
                              field);
    }
    vocabulary[id.get<std::size_t>()] = token;
  }
  return vocabulary;
}

}  // namespace yupu::text
