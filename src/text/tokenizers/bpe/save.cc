#include "text/tokenizers/bpe/save.h"

#include "base/file.h"
#include "base/json.h"

namespace yupu::text {
namespace {

constexpr std::string_view kMergesHead = "#version: 0.2\n";

std::string pretty(const OrderedJson& value) {
  return value.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

// nlohmann's ordered map looks every inserted key up one by one; appending to the vector it is keeps this linear.
OrderedJson vocabulary_json(const BpeParts& parts) {
  OrderedJson pieces = OrderedJson::object();
  auto& entries = pieces.get_ref<OrderedJson::object_t&>();
  entries.reserve(parts.vocabulary.size());
  for (std::size_t id = 0; id < parts.vocabulary.size(); ++id) entries.emplace_back(parts.vocabulary[id], id);
  return pieces;
}

OrderedJson added_json(const BpeParts& parts) {
  OrderedJson all = OrderedJson::array();
  for (std::size_t id = 0; id < parts.vocabulary.size(); ++id) {
    for (const AddedToken& added : parts.added) {
      if (added.text != parts.vocabulary[id]) continue;
      all.push_back({{"id", id},
                     {"content", added.text},
                     {"single_word", false},
                     {"lstrip", false},
                     {"rstrip", false},
                     {"normalized", false},
                     {"special", added.special}});
    }
  }
  return all;
}

OrderedJson tokenizer_json(const BpeParts& parts, const OrderedJson& vocabulary) {
  const OrderedJson byte_level = {
      {"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", false}, {"use_regex", true}};
  OrderedJson merges = OrderedJson::array();
  for (const auto& [left, right] : parts.merges) merges.push_back(OrderedJson::array({left, right}));
  OrderedJson document;
  document["version"] = "1.0";
  document["truncation"] = nullptr;
  document["padding"] = nullptr;
  document["added_tokens"] = added_json(parts);
  document["normalizer"] = nullptr;
  document["pre_tokenizer"] = byte_level;
  document["post_processor"] = byte_level;
  document["decoder"] = byte_level;
  document["model"] = {{"type", "BPE"},
                       {"dropout", nullptr},
                       {"unk_token", nullptr},
                       {"continuing_subword_prefix", ""},
                       {"end_of_word_suffix", ""},
                       {"fuse_unk", false},
                       {"byte_fallback", false},
                       {"ignore_merges", false},
                       {"vocab", vocabulary},
                       {"merges", std::move(merges)}};
  return document;
}

OrderedJson special_roles(const BpeParts& parts) {
  OrderedJson roles;
  for (const char* role : {"bos_token", "eos_token", "unk_token"}) roles[role] = parts.end_of_text;
  return roles;
}

OrderedJson tokenizer_config(const BpeParts& parts) {
  OrderedJson config = special_roles(parts);
  config["tokenizer_class"] = "GPT2Tokenizer";
  config["add_prefix_space"] = false;
  config["add_bos_token"] = false;
  config["clean_up_tokenization_spaces"] = false;
  return config;
}

std::string merges_text(const BpeParts& parts) {
  std::string text(kMergesHead);
  for (const auto& [left, right] : parts.merges) (((text += left) += ' ') += right) += '\n';
  return text;
}

}  // namespace

Status save_bpe(const std::string& directory, const BpeParts& parts) {
  const auto context = [&](const Status& status) { return status.with_context("save tokenizer to " + directory); };
  YUPU_RETURN_IF_ERROR(context(make_directories(directory)));
  const OrderedJson vocabulary = vocabulary_json(parts);
  const std::pair<const char*, std::string> files[] = {{"vocab.json", pretty(vocabulary)},
                                                       {"merges.txt", merges_text(parts)},
                                                       {"tokenizer_config.json", pretty(tokenizer_config(parts))},
                                                       {"special_tokens_map.json", pretty(special_roles(parts))},
                                                       {"tokenizer.json", pretty(tokenizer_json(parts, vocabulary))}};
  for (const auto& [name, bytes] : files)
    YUPU_RETURN_IF_ERROR(context(write_file_atomic(directory + "/" + name, bytes)));
  return ok_status();
}

}  // namespace yupu::text
