#include "tasks/multilabel/multilabel_model.h"

#include <cmath>

#include <fmt/format.h>

#include "base/check.h"
#include "model/checkpoint/huggingface.h"
#include "tasks/base_model.h"
#include "tasks/binary_cross_entropy.h"

namespace yupu::tasks {
namespace {

constexpr std::string_view kTask = "multilabel";

Result<double> number_in(const Json& json, const std::string& name, const std::string& where) {
  const auto it = json.find(name);
  if (it == json.end() || !it->is_number())
    return invalid_argument(fmt::format("{}: '{}' must be a number", where, name), name);
  return it->get<double>();
}

}  // namespace

MultilabelModel::MultilabelModel(std::unique_ptr<Classifier> classifier) : classifier_(std::move(classifier)) {
  set_thresholds({.temperature = 1.0, .of_label = std::vector<double>(labels().size(), kFixedThreshold)});
}

Result<std::unique_ptr<MultilabelModel>> MultilabelModel::create(const model::EncoderConfig& config,
                                                                 std::unique_ptr<text::Tokenizer> tokenizer,
                                                                 const Classifier::Fresh& fresh) {
  YUPU_ASSIGN_OR_RETURN(auto classifier, Classifier::create(config, std::move(tokenizer), fresh));
  return std::unique_ptr<MultilabelModel>(new MultilabelModel(std::move(classifier)));
}

Result<std::unique_ptr<MultilabelModel>> MultilabelModel::from_base(const std::string& directory,
                                                                    const Classifier::Fresh& fresh,
                                                                    std::optional<float> dropout) {
  YUPU_ASSIGN_OR_RETURN(auto classifier, Classifier::from_base(directory, fresh, dropout));
  return std::unique_ptr<MultilabelModel>(new MultilabelModel(std::move(classifier)));
}

Result<std::unique_ptr<MultilabelModel>> MultilabelModel::load(const std::string& directory,
                                                               const LoadOptions& options) {
  LoadOptions own = options;
  own.task = kTask;
  YUPU_ASSIGN_OR_RETURN(auto classifier, Classifier::load(directory, own));
  std::unique_ptr<MultilabelModel> model(new MultilabelModel(std::move(classifier)));
  YUPU_RETURN_IF_ERROR(model->read_thresholds(directory));
  return model;
}

bool MultilabelModel::recognises(const std::string& directory) {
  const Result<Json> own = read_record(directory, kTask);
  if (!own.ok() || !own->is_null()) return own.ok();
  return model::told_problem_type(directory) == model::kMultilabelProblem;
}

Status MultilabelModel::read_thresholds(const std::string& directory) {
  YUPU_ASSIGN_OR_RETURN(const Json own, read_record(directory, kTask));
  if (own.is_null()) return ok_status();
  const std::string path = directory + "/yupu.json";
  Thresholds read;
  YUPU_ASSIGN_OR_RETURN(read.temperature, number_in(own, "temperature", path));
  if (!(read.temperature > 0.0) || !std::isfinite(read.temperature))
    return invalid_argument(fmt::format("{}: 'temperature' is {}", path, read.temperature), "temperature");
  const Json of_label = own.value("thresholds", Json());
  if (!of_label.is_object())
    return invalid_argument(path + ": 'thresholds' must be an object of numbers", "thresholds");
  for (const std::string& label : labels()) {
    YUPU_ASSIGN_OR_RETURN(const double threshold, number_in(of_label, label, path + ": 'thresholds'"));
    if (!(threshold >= 0.0 && threshold <= 1.0))
      return invalid_argument(fmt::format("{}: the threshold of \"{}\" is {}", path, label, threshold), "thresholds");
    read.of_label.push_back(threshold);
  }
  set_thresholds(std::move(read));
  return ok_status();
}

void MultilabelModel::set_thresholds(Thresholds thresholds) {
  CHECK(thresholds.of_label.size() == labels().size(), "a threshold for every label");
  thresholds_ = std::move(thresholds);
  ClassifierRecord record{.task = std::string(kTask),
                          .members = OrderedJson::object(),
                          .problem_type = std::string(model::kMultilabelProblem)};
  record.members["temperature"] = thresholds_.temperature;
  record.members["thresholds"] = OrderedJson::object();
  for (std::size_t k = 0; k < labels().size(); ++k) record.members["thresholds"][labels()[k]] = thresholds_.of_label[k];
  classifier_->set_record(std::move(record));
}

engine::Var MultilabelModel::loss(const engine::Var& logits, std::span<const std::uint8_t> has,
                                  double label_smoothing) const {
  std::vector<double> targets;
  targets.reserve(has.size());
  for (const std::uint8_t one : has) targets.push_back((1.0 - label_smoothing) * one + 0.5 * label_smoothing);
  return binary_cross_entropy(logits, targets, 1.0 / static_cast<double>(labels().size()));
}

std::vector<double> MultilabelModel::scores(std::span<const float> logits) const {
  std::vector<double> scores;
  scores.reserve(logits.size());
  for (const float z : logits) scores.push_back(sigmoid(static_cast<double>(z) / thresholds_.temperature));
  return scores;
}

std::vector<std::uint8_t> MultilabelModel::said(std::span<const double> scores) const {
  std::vector<std::uint8_t> said;
  said.reserve(scores.size());
  for (std::size_t k = 0; k < scores.size(); ++k) said.push_back(scores[k] >= thresholds_.of_label[k] ? 1 : 0);
  return said;
}

}  // namespace yupu::tasks
