#include "tasks/tokens/span_metrics.h"

#include <fmt/format.h>

#include "base/check.h"

namespace yupu::tasks {

void SpanTally::add(std::span<const Span> truth, std::span<const Span> predicted) {
  for (const Span& span : truth) ++counts_[span.type].support;
  for (const Span& span : predicted) ++counts_[span.type].predicted;
  std::size_t t = 0, p = 0;
  while (t < truth.size() && p < predicted.size()) {
    if (truth[t] == predicted[p]) ++counts_[truth[t].type].hits;
    const std::int64_t place = truth[t].begin;
    if (place <= predicted[p].begin) ++t;
    if (predicted[p].begin <= place) ++p;
  }
}

SpanReport SpanTally::report() const {
  SpanReport report;
  HitCounts pooled;
  for (const auto& [type, counts] : counts_) {
    report.types.emplace_back(type, figures_of(counts));
    pooled.add(counts);
  }
  report.micro = figures_of(pooled);
  report.macro = macro_average(report.types);
  report.weighted = weighted_average(report.types);
  return report;
}

std::string SpanReport::to_text(int digits) const {
  FiguresText text(types, digits);
  text.add_blank();
  text.add("micro avg", micro);
  text.add("macro avg", macro);
  text.add("weighted avg", weighted);
  return text.text();
}

OrderedJson SpanReport::to_json() const {
  OrderedJson json;
  json["micro avg"] = json_of(micro);
  json["macro avg"] = json_of(macro);
  json["weighted avg"] = json_of(weighted);
  json["types"] = json_of(types);
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
