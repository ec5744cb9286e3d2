#include "tasks/pairs/pair_model.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/check.h"
#include "engine/ops/cross_entropy/cross_entropy.h"
#include "model/adapters/files.h"
#include "model/checkpoint/huggingface.h"
#include "tasks/base_model.h"
#include "tasks/binary_cross_entropy.h"

namespace yupu::tasks {
namespace {

constexpr std::string_view kTask = "pairs";
constexpr std::int64_t kLeastLength = 5;  // [CLS] a [SEP] b [SEP]

// The head of a score is one output, which config.json must call something.
Classifier::Fresh classifier_shape(const PairModel::Fresh& fresh) {
  Classifier::Fresh shape{.labels = fresh.labels, .seed = fresh.seed, .max_length = fresh.max_length};
  if (fresh.target == PairTarget::kScore) shape.labels = {"score"};
  return shape;
}

Result<ScoreScale> scale_in(const Json& own, const std::string& path) {
  const Json scale = own.value("scale", Json());
  const bool two = scale.is_array() && scale.size() == 2 && scale[0].is_number() && scale[1].is_number();
  if (!two || !(scale[0].get<double>() < scale[1].get<double>()))
    return invalid_argument(path + ": 'scale' must be two numbers, the lower first", "scale");
  return ScoreScale{.low = scale[0].get<double>(), .high = scale[1].get<double>()};
}

// What a directory says of itself beyond what a classifier's does.
Result<PairModel::Fresh> told_shape(const std::string& directory, const Classifier& classifier) {
  PairModel::Fresh shape{.target = classifier.labels().size() == 1 ? PairTarget::kScore : PairTarget::kClasses,
                         .labels = classifier.labels(),
                         .positive = {},
                         .scale = {},
                         .seed = 0,
                         .max_length = classifier.max_length()};
  YUPU_ASSIGN_OR_RETURN(const Json own, read_record(directory, kTask));
  if (own.is_null()) return shape;
  const std::string path = directory + "/yupu.json";
  YUPU_ASSIGN_OR_RETURN(const std::string name, json_string(own, "target", path));
  const auto target = find_target(name);
  if (!target || (*target == PairTarget::kScore && classifier.labels().size() != 1)) {
    return invalid_argument(
        fmt::format("{}: 'target' is \"{}\" with {} labels", path, name, classifier.labels().size()), "target");
  }
  shape.target = *target;
  if (*target == PairTarget::kScore) {
    YUPU_ASSIGN_OR_RETURN(shape.scale, scale_in(own, path));
  } else if (const Json positive = own.value("positive", Json()); positive.is_string()) {
    shape.positive = positive.get<std::string>();
  }
  return shape;
}

}  // namespace

Result<std::unique_ptr<PairModel>> PairModel::around(std::unique_ptr<Classifier> classifier, const Fresh& fresh,
                                                     std::string_view where) {
  if (classifier->config().type_count < 2) {
    return invalid_argument(fmt::format("{}: 'type_vocab_size' is {}: two texts need two token types", where,
                                        classifier->config().type_count),
                            "type_vocab_size");
  }
  if (classifier->max_length() < kLeastLength) {
    return invalid_argument(fmt::format("{}: max_length {} leaves no room for two texts: at least {}", where,
                                        classifier->max_length(), kLeastLength),
                            "max_length");
  }
  std::unique_ptr<PairModel> model(new PairModel());
  model->target_ = fresh.target;
  model->scale_ = fresh.scale;
  if (fresh.positive) {
    model->positive_ = classifier->label_index(*fresh.positive);
    if (!model->positive_) {
      return invalid_argument(fmt::format("{}: positive label \"{}\" is none of the labels ({})", where,
                                          *fresh.positive, fmt::join(classifier->labels(), ", ")),
                              "positive");
    }
  } else if (fresh.target == PairTarget::kClasses && classifier->labels().size() == 2) {
    model->positive_ = 1;
  }
  model->classifier_ = std::move(classifier);
  model->classifier_->set_record(model->record());
  return model;
}

ClassifierRecord PairModel::record() const {
  ClassifierRecord record{.task = std::string(kTask), .members = OrderedJson::object()};
  record.members["target"] = target_name(target_);
  record.members["positive"] = positive_ ? OrderedJson(labels()[static_cast<std::size_t>(*positive_)]) : OrderedJson();
  record.members["scale"] =
      target_ == PairTarget::kScore ? OrderedJson::array({scale_.low, scale_.high}) : OrderedJson();
  return record;
}

Result<std::unique_ptr<PairModel>> PairModel::create(const model::EncoderConfig& config,
                                                     std::unique_ptr<text::Tokenizer> tokenizer, const Fresh& fresh) {
  YUPU_ASSIGN_OR_RETURN(auto classifier, Classifier::create(config, std::move(tokenizer), classifier_shape(fresh)));
  return around(std::move(classifier), fresh, "new model");
}

Result<std::unique_ptr<PairModel>> PairModel::from_base(const std::string& directory, const Fresh& fresh,
                                                        std::optional<float> dropout) {
  YUPU_ASSIGN_OR_RETURN(auto classifier, Classifier::from_base(directory, classifier_shape(fresh), dropout));
  return around(std::move(classifier), fresh, directory);
}

Result<std::unique_ptr<PairModel>> PairModel::load(const std::string& directory, const LoadOptions& options) {
  LoadOptions of_pairs = options;
  of_pairs.task = kTask;
  YUPU_ASSIGN_OR_RETURN(auto classifier, Classifier::load(directory, of_pairs));
  YUPU_ASSIGN_OR_RETURN(const Fresh shape, told_shape(directory, *classifier));
  return around(std::move(classifier), shape, directory);
}

bool PairModel::recognises(const std::string& directory) {
  const Result<Json> own = read_record(directory, kTask);
  if (!own.ok() || !own->is_null()) return own.ok();
  const Result<model::ModelConfig> config = model::read_model_config(directory);
  return config.ok() && config->labels.size() == 1;
}

bool PairModel::label_is_positive(std::string_view label) const {
  return positive_ && labels()[static_cast<std::size_t>(*positive_)] == label;
}

text::Encoding PairModel::encode(std::string_view a, std::string_view b) const {
  return classifier_->tokenizer().encode_pair(
      a, b, {.max_length = static_cast<std::int32_t>(classifier_->max_length()), .special_tokens_in_text = false});
}

engine::Var PairModel::class_loss(const engine::Var& logits, std::span<const std::int32_t> labels,
                                  float label_smoothing) const {
  return engine::cross_entropy(logits, labels,
                               {.label_smoothing = label_smoothing, .reduction = engine::Reduction::kSum});
}

engine::Var PairModel::score_loss(const engine::Var& logits, std::span<const double> scores) const {
  std::vector<double> targets;
  targets.reserve(scores.size());
  for (const double score : scores) targets.push_back(scale_.to_unit(score));
  return binary_cross_entropy(logits, targets);
}

double PairModel::score(std::span<const float> logits) const {
  CHECK(target_ == PairTarget::kScore, "classes have no score");
  return scale_.of_unit(sigmoid(static_cast<double>(logits[0])));
}

std::optional<double> PairModel::relevance(std::span<const float> logits) const {
  if (target_ == PairTarget::kScore) return sigmoid(static_cast<double>(logits[0]));
  if (!positive_) return std::nullopt;
  return probabilities(logits, 1.0)[static_cast<std::size_t>(*positive_)];
}

}  // namespace yupu::tasks
