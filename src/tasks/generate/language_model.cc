#include "tasks/generate/language_model.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/file.h"
#include "engine/error.h"
#include "model/decoder/decoder_files.h"
#include "tasks/base_model.h"

namespace yupu::tasks {
namespace {

constexpr std::string_view kTask = "generate";

Status check_vocabulary(const model::DecoderConfig& config, const text::Tokenizer& tokenizer, std::string_view where) {
  if (!tokenizer.special_ids().end_of_text) {
    return invalid_argument(
        fmt::format("{}: a {} vocabulary has no end of text; a language model is given one of GPT-2's kind (bpe)",
                    where, tokenizer.kind()),
        "vocab");
  }
  if (tokenizer.vocab_size() <= config.vocab_size) return ok_status();
  return invalid_argument(fmt::format("{}: the vocabulary has {} tokens, 'vocab_size' is {}", where,
                                      tokenizer.vocab_size(), config.vocab_size),
                          "vocab_size");
}

void append(std::vector<std::int32_t>& ids, const text::Tokenizer& tokenizer, std::string_view text) {
  const std::vector<std::int32_t> more = tokenizer.encode(text, {.special_tokens_in_text = false}).ids;
  ids.insert(ids.end(), more.begin(), more.end());
}

}  // namespace

Result<std::unique_ptr<LanguageModel>> LanguageModel::assemble(const model::DecoderConfig& config,
                                                               std::unique_ptr<text::Tokenizer> tokenizer,
                                                               std::uint64_t seed, model::FreshWeights weights,
                                                               std::string_view where) {
  YUPU_RETURN_IF_ERROR(config.validate(where));
  YUPU_RETURN_IF_ERROR(check_vocabulary(config, *tokenizer, where));
  std::unique_ptr<LanguageModel> model(new LanguageModel());
  model->config_ = config;
  model->config_.end_token_id = *tokenizer->special_ids().end_of_text;
  model->max_length_ = config.position_count;
  model->tokenizer_ = std::move(tokenizer);
  try {
    model->decoder_ = std::make_unique<model::Decoder>(model->config_, seed, weights);
  } catch (const engine::EngineError& error) {
    return Status(Code::kResourceExhausted, fmt::format("{}: {}", where, error.what()));
  }
  return model;
}

Result<std::unique_ptr<LanguageModel>> LanguageModel::create(const model::DecoderConfig& config,
                                                             std::unique_ptr<text::Tokenizer> tokenizer,
                                                             std::uint64_t seed, std::int64_t max_length) {
  YUPU_ASSIGN_OR_RETURN(auto model,
                        assemble(config, std::move(tokenizer), seed, model::FreshWeights::kBert, "new model"));
  model->max_length_ = std::min(max_length, config.position_count);
  model->begins_texts_ = true;
  return model;
}

Result<std::unique_ptr<LanguageModel>> LanguageModel::from_base(const std::string& directory, std::int64_t max_length,
                                                                std::optional<float> dropout) {
  YUPU_ASSIGN_OR_RETURN(model::DecoderConfig config, model::read_decoder_config(directory));
  YUPU_ASSIGN_OR_RETURN(auto tokenizer, text::load_tokenizer(directory));
  if (dropout) config.embedding_dropout = config.residual_dropout = config.attention_dropout = *dropout;
  YUPU_ASSIGN_OR_RETURN(auto model, assemble(config, std::move(tokenizer), 1, model::FreshWeights::kLoaded, directory));
  YUPU_RETURN_IF_ERROR(model::load_decoder(directory, *model->decoder_));
  model->max_length_ = std::min(max_length, config.position_count);
  model->begins_texts_ = true;
  return model;
}

Result<std::unique_ptr<LanguageModel>> LanguageModel::load(const std::string& directory) {
  YUPU_ASSIGN_OR_RETURN(const Json record, read_record(directory, kTask));
  YUPU_ASSIGN_OR_RETURN(auto model, from_base(directory, INT64_MAX, std::nullopt));
  model->begins_texts_ = false;
  if (record.is_null()) return model;
  const std::string path = directory + "/yupu.json";
  YUPU_ASSIGN_OR_RETURN(model->max_length_, json_int(record, "max_length", path));
  if (model->max_length_ < 2 || model->max_length_ > model->config_.position_count) {
    return invalid_argument(fmt::format("{}: max_length {} must be 2 to {}, the model's positions", path,
                                        model->max_length_, model->config_.position_count),
                            "max_length");
  }
  const Json begins = record.value("begins_texts", Json());
  if (!begins.is_boolean()) return invalid_argument(path + ": begins_texts must be true or false", "begins_texts");
  model->begins_texts_ = begins.get<bool>();
  model->lineage_ = record.value("lineage", Json::object());
  return model;
}

Status LanguageModel::save(const std::string& directory) const {
  YUPU_RETURN_IF_ERROR(make_directories(directory));
  YUPU_RETURN_IF_ERROR(remove_tree(directory + "/yupu.json"));
  YUPU_RETURN_IF_ERROR(tokenizer_->save(directory));
  YUPU_RETURN_IF_ERROR(model::save_decoder(directory, *decoder_, config_));
  OrderedJson record;
  record["format"] = kRecordFormat;
  record["task"] = kTask;
  record["max_length"] = max_length_;
  record["begins_texts"] = begins_texts_;
  record["lineage"] = OrderedJson(lineage_);
  return write_record(directory, record);
}

std::vector<WrittenSequence> LanguageModel::sequences(const Passage& passage, std::int64_t* cut) const {
  const auto longest = static_cast<std::size_t>(max_length_);
  std::vector<std::int32_t> text;
  append(text, *tokenizer_, passage.text);
  text.push_back(end_of_text());
  std::vector<std::int32_t> ids = {end_of_text()};
  if (!passage.prompt.empty()) {
    std::vector<std::int32_t> prompt;
    append(prompt, *tokenizer_, passage.prompt);
    const std::size_t answer = std::min(text.size(), longest);
    const std::size_t room = std::min(prompt.size(), longest - answer);
    if (cut != nullptr && (answer < text.size() || room < prompt.size())) ++*cut;
    ids.insert(ids.end(), prompt.end() - static_cast<std::ptrdiff_t>(room), prompt.end());
    const auto given = static_cast<std::int32_t>(ids.size());
    ids.insert(ids.end(), text.begin(), text.begin() + static_cast<std::ptrdiff_t>(answer));
    return {{.ids = std::move(ids), .given = given}};
  }
  ids.insert(ids.end(), text.begin(), text.end());
  std::vector<WrittenSequence> all;
  for (std::size_t begin = 0; begin + 1 < ids.size(); begin += longest) {
    const std::size_t end = std::min(ids.size(), begin + longest + 1);
    all.push_back(
        {.ids = {ids.begin() + static_cast<std::ptrdiff_t>(begin), ids.begin() + static_cast<std::ptrdiff_t>(end)},
         .given = 1});
  }
  return all;
}

std::vector<std::int32_t> LanguageModel::prompt_ids(std::string_view prompt) const {
  std::vector<std::int32_t> ids;
  if (begins_texts_ || prompt.empty()) ids.push_back(end_of_text());
  append(ids, *tokenizer_, prompt);
  if (ids.empty()) ids.push_back(end_of_text());  // a prompt of bytes the vocabulary lacks
  return ids;
}

engine::PackedBatch LanguageModel::batch_of(std::span<const WrittenSequence* const> sequences,
                                            std::span<const std::uint64_t> sample_ids) {
  engine::PackedBatch packed;
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    const std::vector<std::int32_t>& ids = sequences[i]->ids;
    packed.append({ids.begin(), ids.end() - 1}, {}, sample_ids[i]);
  }
  return packed;
}

engine::Var LanguageModel::loss(engine::Tape& tape, const model::EncoderBatch& batch,
                                std::span<const WrittenSequence* const> sequences, model::DropoutStep dropout,
                                std::int64_t* hits) const {
  std::vector<std::int32_t> rows, labels;
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    const WrittenSequence& sequence = *sequences[i];
    for (auto at = static_cast<std::size_t>(sequence.given); at < sequence.ids.size(); ++at) {
      rows.push_back(batch.packed.cu_seqlens[i] + static_cast<std::int32_t>(at) - 1);
      labels.push_back(sequence.ids[at]);
    }
  }
  return decoder_->loss(tape, decoder_->hidden(tape, batch, dropout), rows, labels, hits);
}

std::string LanguageModel::weights_sha256() const { return tasks::weights_sha256(decoder_->parameters()); }

}  // namespace yupu::tasks
