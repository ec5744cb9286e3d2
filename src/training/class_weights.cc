#include "training/class_weights.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/file.h"
#include "base/json.h"

namespace yupu::training {
namespace {

constexpr double kWeightMin = 1e-6;
constexpr double kWeightMax = 1e6;

}  // namespace

Result<ClassWeights> read_class_weights(const std::string& spec) {
  ClassWeights weights;
  weights.balanced = spec == "balanced";
  if (weights.balanced || spec == "off") return weights;
  YUPU_ASSIGN_OR_RETURN(const std::string text, read_file(spec));
  const auto json = parse_json(text);
  if (!json.ok()) return json.status().with_context(spec);
  if (!json->is_object() || json->empty())
    return invalid_argument(fmt::format("{}: class weights are an object {{\"label\": weight, ...}}", spec),
                            "class_weights");
  for (const auto& [label, weight] : json->items()) {
    if (!weight.is_number() || weight.get<double>() < kWeightMin || weight.get<double>() > kWeightMax) {
      return invalid_argument(fmt::format("{}: the weight of \"{}\" is {}, must be {} to {}", spec, label,
                                          to_text(weight), kWeightMin, kWeightMax),
                              "class_weights");
    }
    weights.given.emplace_back(label, weight.get<double>());
  }
  return weights;
}

Result<std::vector<float>> weights_of(const ClassWeights& weights, const std::vector<std::string>& labels,
                                      std::span<const handoff::Row> rows) {
  std::map<std::string, double> counts;
  for (const handoff::Row& row : rows) counts[row.label] += 1.0;
  double learned = 0.0;
  for (const std::string& label : labels) learned += counts[label];
  std::vector<float> result;
  for (const std::string& label : labels) {
    double weight = 1.0;
    for (const auto& [name, given] : weights.given) {
      if (name == label) weight = given;
    }
    if (weights.balanced) weight = learned / (static_cast<double>(labels.size()) * std::max(counts[label], 1.0));
    result.push_back(static_cast<float>(weight));
  }
  for (const auto& [label, weight] : weights.given) {
    if (std::find(labels.begin(), labels.end(), label) == labels.end()) {
      return invalid_argument(fmt::format("class weights: no training row has the label \"{}\"", label),
                              "class_weights");
    }
  }
  return result;
}

}  // namespace yupu::training
