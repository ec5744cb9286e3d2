#include "tasks/multilabel/evaluate.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/check.h"

namespace yupu::tasks {
namespace {

std::vector<std::string> labels_without(const std::vector<std::string>& labels, const MultilabelModel& model) {
  std::vector<std::string> unknown;
  for (const std::string& label : labels) {
    if (!model.classifier().label_index(label)) unknown.push_back(label);
  }
  return unknown;
}

std::vector<std::uint8_t> cells(const std::vector<std::string>& labels, const MultilabelRow& row) {
  std::vector<std::uint8_t> has;
  has.reserve(labels.size());
  for (const std::string& label : labels)
    has.push_back(std::binary_search(row.labels.begin(), row.labels.end(), label) ? 1 : 0);
  return has;
}

}  // namespace

std::vector<text::Encoding> encode_all(const MultilabelModel& model, const MultilabelSet& set) {
  std::vector<text::Encoding> encodings;
  encodings.reserve(set.rows.size());
  for (const MultilabelRow& row : set.rows) encodings.push_back(model.classifier().encode(row.text));
  return encodings;
}

Result<std::vector<MultilabelTruth>> truths(const MultilabelModel& model, const LogitsSource& source,
                                            const MultilabelSet& set, std::span<const text::Encoding> encodings) {
  CHECK(encodings.size() == set.rows.size(), "an encoding for every row");
  YUPU_ASSIGN_OR_RETURN(auto logits, source(encodings));
  std::vector<MultilabelTruth> rows;
  rows.reserve(logits.size());
  for (std::size_t i = 0; i < logits.size(); ++i)
    rows.push_back({.logits = std::move(logits[i]), .has = cells(model.labels(), set.rows[i])});
  return rows;
}

Result<MultilabelEvaluation> evaluate(const MultilabelModel& model, const LogitsSource& source,
                                      const MultilabelSet& set, std::span<const text::Encoding> encodings) {
  CHECK(encodings.size() == set.rows.size(), "an encoding for every row");
  if (set.rows.empty()) return invalid_argument(set.path + ": no rows to evaluate on");
  YUPU_ASSIGN_OR_RETURN(const auto logits, source(encodings));
  MultilabelEvaluation out;
  out.thresholds = model.thresholds();
  out.unknown_labels = labels_without(labels_in(set), model);
  out.rows_sha256 = rows_sha256(set);
  for (const text::Encoding& encoding : encodings) out.truncated_count += encoding.truncated ? 1 : 0;
  std::vector<std::string> labels = model.labels();
  labels.insert(labels.end(), out.unknown_labels.begin(), out.unknown_labels.end());
  std::vector<JudgedLabels> judged;
  judged.reserve(logits.size());
  for (std::size_t i = 0; i < logits.size(); ++i) {
    JudgedLabels row{.scores = model.scores(logits[i]), .said = {}, .has = cells(labels, set.rows[i])};
    row.said = model.said(row.scores);
    row.scores.resize(labels.size(), 0.0);
    row.said.resize(labels.size(), 0);
    judged.push_back(std::move(row));
  }
  out.report = multilabel_report(labels, judged);
  return out;
}

std::optional<double> MultilabelEvaluation::figure(std::string_view name) const {
  if (name == "micro_f1") return report.micro.f1;
  if (name == "macro_f1") return report.macro.f1;
  if (name == "exact_match") return report.exact_match;
  if (name == "average_precision") return report.micro_average_precision;
  return std::nullopt;
}

std::string MultilabelEvaluation::to_text() const {
  std::string text = report.to_text();
  if (truncated_count > 0) text += fmt::format("{} texts were longer than the model reads\n", truncated_count);
  if (!unknown_labels.empty())
    text += fmt::format("labels the model does not have, never said: {}\n", fmt::join(unknown_labels, ", "));
  return text;
}

OrderedJson MultilabelEvaluation::to_json() const {
  OrderedJson json = report.to_json();
  for (std::size_t k = 0; k < thresholds.of_label.size(); ++k)
    json["labels"][report.labels[k].first]["threshold"] = thresholds.of_label[k];
  json["temperature"] = thresholds.temperature;
  json["unknown_labels"] = unknown_labels;
  json["truncated_count"] = truncated_count;
  json["rows_sha256"] = rows_sha256;
  return json;
}

OrderedJson multilabel_line(const MultilabelModel& model, std::string_view text, std::span<const float> logits,
                            std::size_t count) {
  const std::vector<double> scores = model.scores(logits);
  const std::vector<std::uint8_t> said = model.said(scores);
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  OrderedJson json = {{"text", text}, {"labels", OrderedJson::array()}, {"ranked", OrderedJson::array()}};
  for (const std::size_t k : order) {
    const OrderedJson entry = {{"label", model.labels()[k]}, {"score", scores[k]}};
    if (said[k] != 0) json["labels"].push_back(entry);
    if (json["ranked"].size() < count) json["ranked"].push_back(entry);
  }
  return json;
}

}  // namespace yupu::tasks
