#include "tasks/tokens/tagger.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/hash.h"
#include "engine/error.h"
#include "engine/ops/add/add.h"
#include "engine/ops/cross_entropy/cross_entropy.h"
#include "engine/ops/gather_rows/gather_rows.h"
#include "model/checkpoint/huggingface.h"
#include "tasks/base_model.h"
#include "tasks/tokens/word_features.h"

namespace yupu::tasks {
namespace {

// Windows of a sentence are samples of their own to dropout.
std::uint64_t window_id(std::uint32_t sentence, std::size_t window) {
  return static_cast<std::uint64_t>(window) << 32 | sentence;
}

void append(engine::SparseRows& all, const engine::SparseRows& more) {
  const auto before = static_cast<std::int64_t>(all.indices.size());
  all.indices.insert(all.indices.end(), more.indices.begin(), more.indices.end());
  all.values.insert(all.values.end(), more.values.begin(), more.values.end());
  for (std::size_t i = 1; i < more.offsets.size(); ++i) all.offsets.push_back(before + more.offsets[i]);
}

Status check_tags(std::span<const Tag> tags, std::string_view where) {
  if (std::find(tags.begin(), tags.end(), Tag{}) == tags.end())
    return invalid_argument(fmt::format("{}: the tags have no \"O\"", where), "id2label");
  for (std::size_t i = 0; i < tags.size(); ++i) {
    if (std::find(tags.begin(), tags.begin() + static_cast<std::ptrdiff_t>(i), tags[i]) !=
        tags.begin() + static_cast<std::ptrdiff_t>(i))
      return invalid_argument(fmt::format("{}: tag {} stands twice", where, i), "id2label");
  }
  if (tags.size() < 2)
    return invalid_argument(fmt::format("{}: only \"O\": there is nothing to find", where), "id2label");
  return ok_status();
}

}  // namespace

WordBatch::WordBatch(std::span<const WordEncoding* const> sentences, std::span<const std::uint32_t> sample_ids) {
  CHECK(sentences.size() == sample_ids.size(), "one sample id a sentence");
  engine::PackedBatch packed;
  cu_words.push_back(0);
  for (std::size_t s = 0; s < sentences.size(); ++s) {
    for (std::size_t w = 0; w < sentences[s]->windows.size(); ++w) {
      const WordWindow& window = sentences[s]->windows[w];
      const auto begin = static_cast<std::int32_t>(packed.token_count());
      packed.append(window.ids, {}, window_id(sample_ids[s], w));
      for (const std::int32_t row : window.rows) {
        rows.push_back(begin + row);
        keys.sample_ids.push_back(packed.sample_ids.back());
        keys.positions.push_back(static_cast<std::uint32_t>(row));
      }
    }
    CHECK(static_cast<std::int32_t>(rows.size()) > cu_words.back(), "a sentence without words");
    append(features, sentences[s]->features);
    cu_words.push_back(static_cast<std::int32_t>(rows.size()));
  }
  encoder = std::make_unique<model::EncoderBatch>(std::move(packed));
}

Result<std::unique_ptr<Tagger>> Tagger::assemble(const model::EncoderConfig& config,
                                                 std::unique_ptr<text::Tokenizer> tokenizer, const Fresh& fresh,
                                                 model::FreshWeights weights, std::string_view where) {
  YUPU_RETURN_IF_ERROR(config.validate(where));
  YUPU_RETURN_IF_ERROR(check_tags(fresh.tags, where));
  YUPU_RETURN_IF_ERROR(check_vocabulary(config, *tokenizer, where));
  YUPU_RETURN_IF_ERROR(check_max_length(config, fresh.max_length, where));
  std::unique_ptr<Tagger> tagger(new Tagger());
  try {
    tagger->encoder_ = std::make_unique<model::Encoder>(config, fresh.seed, weights);
    tagger->head_ =
        std::make_unique<model::ClassificationHead>(static_cast<std::int64_t>(fresh.tags.size()), config, fresh.seed);
    tagger->legal_ = legal_transitions(fresh.tags, fresh.scheme);
    if (fresh.crf) tagger->crf_ = std::make_unique<Crf>(tagger->legal_);
  } catch (const engine::EngineError& error) {
    return Status(Code::kResourceExhausted, fmt::format("{}: {}", where, error.what()));
  }
  tagger->tokenizer_ = std::move(tokenizer);
  tagger->tags_ = fresh.tags;
  tagger->scheme_ = fresh.scheme;
  tagger->max_length_ = fresh.max_length;
  return tagger;
}

Result<std::unique_ptr<Tagger>> Tagger::create(const model::EncoderConfig& config,
                                               std::unique_ptr<text::Tokenizer> tokenizer, const Fresh& fresh) {
  return assemble(config, std::move(tokenizer), fresh, model::FreshWeights::kTask, "new model");
}

Result<std::unique_ptr<Tagger>> Tagger::from_base(const std::string& directory, const Fresh& fresh,
                                                  std::optional<float> dropout) {
  YUPU_ASSIGN_OR_RETURN(BaseModel base, open_base_model(directory, fresh.max_length, dropout));
  Fresh fitted = fresh;
  fitted.max_length = base.max_length;
  YUPU_ASSIGN_OR_RETURN(
      auto tagger, assemble(base.config, std::move(base.tokenizer), fitted, model::FreshWeights::kLoaded, directory));
  constexpr std::string_view kMayBeAbsent[] = {"pooler."};
  constexpr std::string_view kHeads[] = {"classifier."};
  const auto absent = model::load_weights(directory, tagger->encoder_->tensors(), kMayBeAbsent, kHeads);
  if (!absent.ok()) return absent.status();
  return tagger;
}

std::optional<std::int32_t> Tagger::tag_index(const Tag& tag) const {
  const auto it = std::find(tags_.begin(), tags_.end(), tag);
  if (it == tags_.end()) return std::nullopt;
  return static_cast<std::int32_t>(it - tags_.begin());
}

void Tagger::add_wide(std::span<const TaggedWords> sentences, const model::WideOptions& options) {
  model::FeatureTally tally;
  for (const TaggedWords& sentence : sentences) {
    for (std::vector<std::uint64_t>& features : word_features(sentence.words)) tally.add(features);
  }
  wide_ = model::WideBranch::fit(tally, static_cast<std::int64_t>(tags_.size()), options);
}

WordEncoding Tagger::encode(std::span<const std::string> words) const {
  WordEncoding encoding = encode_words(*tokenizer_, words, max_length_);
  if (!wide_) return encoding;
  for (std::vector<std::uint64_t>& features : word_features(words)) wide_->append_row(features, encoding.features);
  return encoding;
}

engine::Var Tagger::forward(engine::Tape& tape, const WordBatch& batch, model::DropoutStep dropout) const {
  const engine::Var hidden = encoder_->hidden(tape, *batch.encoder, dropout);
  const engine::Var deep =
      head_->logits(tape, engine::gather_rows(hidden, batch.rows), batch.keys, encoder_->dropout_sites(), dropout);
  if (!wide_) return deep;
  CHECK(batch.features.row_count() == static_cast<std::int64_t>(batch.rows.size()), "a row of features for each word");
  return engine::add(deep, wide_->logits(tape, batch.features));
}

engine::Var Tagger::loss(const engine::Var& forward, const WordBatch& batch, std::span<const std::int32_t> labels,
                         float label_smoothing) const {
  if (crf_) return crf_->loss(forward, batch.cu_words, labels);
  return engine::cross_entropy(forward, labels,
                               {.label_smoothing = label_smoothing, .reduction = engine::Reduction::kSum});
}

std::vector<engine::Parameter*> Tagger::parameters() const {
  std::vector<engine::Parameter*> all;
  for (engine::Parameter* parameter : encoder_->parameters()) {
    if (!parameter->name.starts_with("pooler.")) all.push_back(parameter);  // nobody reads it
  }
  for (engine::Parameter* parameter : head_->parameters()) all.push_back(parameter);
  if (wide_) all.push_back(&wide_->weight());
  if (!crf_) return all;
  for (engine::Parameter* parameter : crf_->parameters()) all.push_back(parameter);
  return all;
}

std::vector<model::TensorBinding> Tagger::tensors() const {
  std::vector<model::TensorBinding> all;
  for (model::TensorBinding& binding : encoder_->tensors()) {
    if (!binding.name.starts_with("pooler.")) all.push_back(std::move(binding));
  }
  for (model::TensorBinding& binding : head_->tensors()) all.push_back(std::move(binding));
  return all;
}

std::string Tagger::weights_sha256() const {
  const std::string weights = tasks::weights_sha256(parameters());
  return wide_ ? Sha256().field(weights).field(wide_->content_id()).finish_hex() : weights;
}

}  // namespace yupu::tasks
