#include "tasks/tokens/span_metrics.h"

#include <fmt/format.h>

#include "base/check.h"
#include "base/terminal.h"

namespace yupu::tasks {
namespace {

double ratio(double part, double whole) { return whole == 0.0 ? 0.0 : part / whole; }

Figures figures_of(std::int64_t right, std::int64_t predicted, std::int64_t truth) {
  Figures figures;
  figures.precision = ratio(static_cast<double>(right), static_cast<double>(predicted));
  figures.recall = ratio(static_cast<double>(right), static_cast<double>(truth));
  figures.f1 = ratio(2.0 * figures.precision * figures.recall, figures.precision + figures.recall);
  figures.support = truth;
  return figures;
}

// The mean of the types' figures, each counted `weight(figures)` times.
template <class Weight>
Figures average(const std::vector<std::pair<std::string, Figures>>& types, const Weight& weight) {
  Figures sum;
  double whole = 0.0;
  for (const auto& [type, figures] : types) {
    const double times = weight(figures);
    sum.precision += figures.precision * times;
    sum.recall += figures.recall * times;
    sum.f1 += figures.f1 * times;
    sum.support += figures.support;
    whole += times;
  }
  sum.precision = ratio(sum.precision, whole);
  sum.recall = ratio(sum.recall, whole);
  sum.f1 = ratio(sum.f1, whole);
  return sum;
}

OrderedJson json_of(const Figures& figures) {
  return {{"precision", figures.precision},
          {"recall", figures.recall},
          {"f1-score", figures.f1},
          {"support", figures.support}};
}

}  // namespace

void SpanTally::add(std::span<const Span> truth, std::span<const Span> predicted) {
  for (const Span& span : truth) ++counts_[span.type].truth;
  for (const Span& span : predicted) ++counts_[span.type].predicted;
  std::size_t t = 0, p = 0;
  while (t < truth.size() && p < predicted.size()) {
    if (truth[t] == predicted[p]) ++counts_[truth[t].type].right;
    const std::int64_t place = truth[t].begin;
    if (place <= predicted[p].begin) ++t;
    if (predicted[p].begin <= place) ++p;
  }
}

SpanReport SpanTally::report() const {
  SpanReport report;
  Counts pooled;
  for (const auto& [type, counts] : counts_) {
    report.types.emplace_back(type, figures_of(counts.right, counts.predicted, counts.truth));
    pooled.right += counts.right;
    pooled.predicted += counts.predicted;
    pooled.truth += counts.truth;
  }
  report.micro = figures_of(pooled.right, pooled.predicted, pooled.truth);
  report.macro = average(report.types, [](const Figures&) { return 1.0; });
  report.weighted = average(report.types, [](const Figures& figures) { return static_cast<double>(figures.support); });
  return report;
}

std::string SpanReport::to_text(int digits) const {
  std::size_t width = std::string_view("weighted avg").size();
  for (const auto& [type, figures] : types) width = std::max(width, columns(type));
  std::string text = fmt::format("{} ", std::string(width, ' '));
  for (const char* head : {"precision", "recall", "f1-score", "support"}) text += fmt::format(" {:>9}", head);
  text += "\n\n";
  const auto add_line = [&](std::string_view name, const Figures& figures) {
    text += right_aligned(name, width) + " ";
    for (const double value : {figures.precision, figures.recall, figures.f1})
      text += fmt::format(" {:>9.{}f}", value, digits);
    text += fmt::format(" {:>9}\n", figures.support);
  };
  for (const auto& [type, figures] : types) add_line(type, figures);
  text += "\n";
  add_line("micro avg", micro);
  add_line("macro avg", macro);
  add_line("weighted avg", weighted);
  return text;
}

OrderedJson SpanReport::to_json() const {
  OrderedJson json;
  json["micro avg"] = json_of(micro);
  json["macro avg"] = json_of(macro);
  json["weighted avg"] = json_of(weighted);
  OrderedJson per_type = OrderedJson::object();
  for (const auto& [type, figures] : types) per_type[type] = json_of(figures);
  json["types"] = std::move(per_type);
  return json;
}

Report token_report(std::span<const std::vector<std::string>> truth,
                    std::span<const std::vector<std::string>> predicted) {
  CHECK(truth.size() == predicted.size(), "as many sequences in truth and prediction");
  std::vector<Judged> rows;
  for (std::size_t s = 0; s < truth.size(); ++s) {
    CHECK(truth[s].size() == predicted[s].size(), fmt::format("sequence {}: as many tags in both", s));
    for (std::size_t t = 0; t < truth[s].size(); ++t)
      rows.push_back({.truth = truth[s][t], .predicted = predicted[s][t], .score = 1.0, .slice = {}});
  }
  return classification_report(rows);
}

}  // namespace yupu::tasks
