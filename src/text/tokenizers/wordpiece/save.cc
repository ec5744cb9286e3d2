#include "text/tokenizers/wordpiece/save.h"

#include <array>

#include "base/file.h"
#include "base/json.h"

namespace yupu::text {
namespace {

struct Special {
  std::string_view role;
  std::string_view token;
};
constexpr std::array<Special, 5> kSpecials{{{"pad_token", "[PAD]"},
                                            {"unk_token", "[UNK]"},
                                            {"cls_token", "[CLS]"},
                                            {"sep_token", "[SEP]"},
                                            {"mask_token", "[MASK]"}}};

std::string pretty(const OrderedJson& value) { return value.dump(2) + "\n"; }

Json strip_accents_json(const WordPieceOptions& options) {
  return options.strip_accents ? Json(*options.strip_accents) : Json();
}

OrderedJson tokenizer_config(const WordPieceOptions& options) {
  OrderedJson config;
  config["tokenizer_class"] = "BertTokenizer";
  config["do_lower_case"] = options.lower_case;
  config["strip_accents"] = strip_accents_json(options);
  config["tokenize_chinese_chars"] = options.tokenize_chinese_chars;
  for (const Special& special : kSpecials) config[std::string(special.role)] = special.token;
  config["clean_text"] = options.clean_text;
  config["max_input_chars_per_word"] = options.word_chars_max;
  return config;
}

OrderedJson special_tokens_map() {
  OrderedJson map;
  for (const Special& special : kSpecials) map[std::string(special.role)] = special.token;
  return map;
}

OrderedJson template_piece(std::string_view kind, std::string_view id, int type_id) {
  return {{std::string(kind), {{"id", id}, {"type_id", type_id}}}};
}

OrderedJson template_special(std::string_view token, std::size_t id) {
  return {{"id", token}, {"ids", {id}}, {"tokens", {token}}};
}

OrderedJson tokenizer_json(std::span<const std::string> vocabulary, const WordPieceOptions& options) {
  OrderedJson added = OrderedJson::array();
  OrderedJson pieces = OrderedJson::object();
  OrderedJson specials = OrderedJson::object();
  for (std::size_t id = 0; id < vocabulary.size(); ++id) {
    for (const Special& special : kSpecials) {
      if (vocabulary[id] != special.token) continue;
      added.push_back({{"id", id},
                       {"content", special.token},
                       {"single_word", false},
                       {"lstrip", false},
                       {"rstrip", false},
                       {"normalized", false},
                       {"special", true}});
      if (special.token == "[CLS]" || special.token == "[SEP]") {
        specials[std::string(special.token)] = template_special(special.token, id);
      }
    }
  }
  const OrderedJson cls = template_piece("SpecialToken", "[CLS]", 0);
  const OrderedJson sep = template_piece("SpecialToken", "[SEP]", 0);
  OrderedJson document;
  document["version"] = "1.0";
  document["truncation"] = nullptr;
  document["padding"] = nullptr;
  document["added_tokens"] = std::move(added);
  document["normalizer"] = {{"type", "BertNormalizer"},
                            {"clean_text", options.clean_text},
                            {"handle_chinese_chars", options.tokenize_chinese_chars},
                            {"strip_accents", strip_accents_json(options)},
                            {"lowercase", options.lower_case}};
  document["pre_tokenizer"] = {{"type", "BertPreTokenizer"}};
  document["post_processor"] = {
      {"type", "TemplateProcessing"},
      {"single", OrderedJson::array({cls, template_piece("Sequence", "A", 0), sep})},
      {"pair", OrderedJson::array({cls, template_piece("Sequence", "A", 0), sep, template_piece("Sequence", "B", 1),
                                   template_piece("SpecialToken", "[SEP]", 1)})},
      {"special_tokens", std::move(specials)}};
  document["decoder"] = {{"type", "WordPiece"}, {"prefix", "##"}, {"cleanup", true}};
  // nlohmann's ordered map looks every inserted key up one by one; appending to the vector it is keeps this linear.
  auto& entries = pieces.get_ref<OrderedJson::object_t&>();
  entries.reserve(vocabulary.size());
  for (std::size_t id = 0; id < vocabulary.size(); ++id) entries.emplace_back(vocabulary[id], id);
  document["model"] = {{"type", "WordPiece"},
                       {"unk_token", "[UNK]"},
                       {"continuing_subword_prefix", "##"},
                       {"max_input_chars_per_word", options.word_chars_max},
                       {"vocab", std::move(pieces)}};
  return document;
}

}  // namespace

Status save_wordpiece(const std::string& directory, std::span<const std::string> vocabulary,
                      const WordPieceOptions& options) {
  const auto context = [&](const Status& status) { return status.with_context("save tokenizer to " + directory); };
  YUPU_RETURN_IF_ERROR(context(make_directories(directory)));
  const std::string vocab = format_vocabulary({vocabulary.begin(), vocabulary.end()});
  YUPU_RETURN_IF_ERROR(context(write_file_atomic(directory + "/vocab.txt", vocab)));
  YUPU_RETURN_IF_ERROR(
      context(write_file_atomic(directory + "/tokenizer_config.json", pretty(tokenizer_config(options)))));
  YUPU_RETURN_IF_ERROR(
      context(write_file_atomic(directory + "/special_tokens_map.json", pretty(special_tokens_map()))));
  return context(write_file_atomic(directory + "/tokenizer.json", pretty(tokenizer_json(vocabulary, options))));
}

}  // namespace yupu::text
