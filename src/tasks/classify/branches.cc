#include "tasks/classify/branches.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "tasks/classify/classifier.h"
#include "tasks/classify/metrics.h"

namespace yupu::tasks {
namespace {

// An answer of the background output, which is none of the labels.
constexpr std::string_view kNone = "";

BranchFigures figures_of(const Classifier& classifier, std::span<const handoff::Row> rows,
                         std::span<const std::vector<float>> outputs) {
  std::vector<Judged> judged;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto best =
        static_cast<std::size_t>(std::max_element(outputs[i].begin(), outputs[i].end()) - outputs[i].begin());
    const bool is_label = best < classifier.labels().size();
    judged.push_back({.truth = rows[i].label,
                      .predicted = is_label ? classifier.labels()[best] : std::string(kNone),
                      .score = 0.0,
                      .slice = {}});
  }
  const Report report = classification_report(judged);
  return {.accuracy = report.accuracy, .macro_f1 = report.macro.f1};
}

}  // namespace

OrderedJson Branches::to_json() const {
  const auto one = [](const BranchFigures& figures) {
    return OrderedJson{{"accuracy", figures.accuracy}, {"macro_f1", figures.macro_f1}};
  };
  return {{"encoder", one(encoder)}, {"wide", one(wide)}, {"both", one(both)}};
}

std::string Branches::to_text() const {
  std::string text;
  for (const auto& [name, figures] :
       {std::pair("encoder alone", encoder), std::pair("wide alone", wide), std::pair("both", both)})
    text += fmt::format("branch {:<14} accuracy {:.4f}, macro f1 {:.4f}\n", name, figures.accuracy, figures.macro_f1);
  return text;
}

Result<std::optional<Branches>> judge_branches(const Classifier& classifier, engine::ExecutionContext& context,
                                               std::span<const handoff::Row> rows) {
  if (classifier.wide() == nullptr) return std::optional<Branches>();
  std::vector<handoff::Row> labelled;
  std::vector<text::Encoding> encodings;
  for (const handoff::Row& row : rows) {
    if (row.label == handoff::kOutOfScope && !classifier.label_index(row.label)) continue;
    labelled.push_back(row);
    encodings.push_back(classifier.encode(row.text));
  }
  if (labelled.empty()) return invalid_argument("no row with a label to judge the branches on");
  YUPU_ASSIGN_OR_RETURN(auto both, classifier.logits(context, encodings));
  for (text::Encoding& encoding : encodings) encoding.ngrams = {};
  YUPU_ASSIGN_OR_RETURN(auto encoder, classifier.logits(context, encodings));
  std::vector<std::vector<float>> wide(both.size());
  for (std::size_t i = 0; i < both.size(); ++i) {
    both[i].resize(classifier.output_count());
    encoder[i].resize(classifier.output_count());
    for (std::size_t k = 0; k < both[i].size(); ++k) wide[i].push_back(both[i][k] - encoder[i][k]);
  }
  return std::optional<Branches>(Branches{.encoder = figures_of(classifier, labelled, encoder),
                                          .wide = figures_of(classifier, labelled, wide),
                                          .both = figures_of(classifier, labelled, both)});
}

}  // namespace yupu::tasks
