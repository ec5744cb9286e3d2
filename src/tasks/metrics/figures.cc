#include "tasks/metrics/figures.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/terminal.h"

namespace yupu::tasks {
namespace {

double ratio(double part, double whole) { return whole == 0.0 ? 0.0 : part / whole; }

// The mean of the figures, each counted `weight(figures)` times.
template <class Weight>
Figures average(const NamedFigures& names, const Weight& weight) {
  Figures sum;
  double whole = 0.0;
  for (const auto& [name, figures] : names) {
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

}  // namespace

void HitCounts::add(const HitCounts& other) {
  hits += other.hits;
  predicted += other.predicted;
  support += other.support;
}

Figures figures_of(const HitCounts& counts) {
  Figures figures;
  figures.precision = ratio(static_cast<double>(counts.hits), static_cast<double>(counts.predicted));
  figures.recall = ratio(static_cast<double>(counts.hits), static_cast<double>(counts.support));
  figures.f1 = ratio(2.0 * figures.precision * figures.recall, figures.precision + figures.recall);
  figures.support = counts.support;
  return figures;
}

Figures macro_average(const NamedFigures& names) {
  return average(names, [](const Figures&) { return 1.0; });
}

Figures weighted_average(const NamedFigures& names) {
  return average(names, [](const Figures& figures) { return static_cast<double>(figures.support); });
}

OrderedJson json_of(const Figures& figures) {
  return {{"precision", figures.precision},
          {"recall", figures.recall},
          {"f1-score", figures.f1},
          {"support", figures.support}};
}

OrderedJson json_of(const NamedFigures& names) {
  OrderedJson json = OrderedJson::object();
  for (const auto& [name, figures] : names) json[name] = json_of(figures);
  return json;
}

OrderedJson number_or_null(const std::optional<double>& number) {
  return number ? OrderedJson(*number) : OrderedJson();
}

FiguresText::FiguresText(const NamedFigures& names, int digits)
    : width_(std::string_view("weighted avg").size()), digits_(digits) {
  for (const auto& [name, figures] : names) width_ = std::max(width_, columns(name));
  text_ = std::string(width_, ' ') + " ";
  for (const char* head : {"precision", "recall", "f1-score", "support"}) text_ += fmt::format(" {:>9}", head);
  text_ += "\n\n";
  for (const auto& [name, figures] : names) add(name, figures);
}

void FiguresText::add(std::string_view name, const Figures& figures) {
  text_ += right_aligned(name, width_) + " ";
  for (const double value : {figures.precision, figures.recall, figures.f1})
    text_ += fmt::format(" {:>9.{}f}", value, digits_);
  text_ += fmt::format(" {:>9}\n", figures.support);
}

void FiguresText::add_single(std::string_view name, double value, std::int64_t support) {
  text_ += right_aligned(name, width_) + " ";
  text_ += fmt::format(" {:>9} {:>9} {:>9.{}f} {:>9}\n", "", "", value, digits_, support);
}

}  // namespace yupu::tasks
