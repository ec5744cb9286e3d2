#include "tasks/classify/branches.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/check.h"
#include "engine/autograd/tape.h"
#include "engine/error.h"
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

// What the wide branch adds to the logits of each row.
Result<std::vector<std::vector<float>>> wide_logits(const Classifier& classifier, engine::ExecutionContext& context,
                                                    std::span<const handoff::Row> rows) {
  constexpr std::size_t kRows = 256;  // of one pass: bounds memory
  const std::size_t width = classifier.output_count();
  std::vector<std::vector<float>> all;
  try {
    engine::Tape tape(context, engine::Tape::Mode::kInference);
    for (std::size_t begin = 0; begin < rows.size(); begin += kRows) {
      std::vector<text::SparseRow> features;
      for (const handoff::Row& row : rows.subspan(begin, std::min(kRows, rows.size() - begin)))
        features.push_back(classifier.wide()->features(row.text));
      std::vector<const text::SparseRow*> ngrams;
      for (const text::SparseRow& row : features) ngrams.push_back(&row);
      const engine::Var logits = classifier.wide()->logits(tape, ngrams);
      for (std::size_t i = 0; i < features.size(); ++i) {
        const auto row = logits.value().values().subspan(i * width, width);
        all.emplace_back(row.begin(), row.end());
      }
    }
  } catch (const engine::EngineError& error) {
    return Status(Code::kResourceExhausted, error.what());
  }
  return all;
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
                                               std::span<const handoff::Row> rows,
                                               std::span<const std::vector<float>> logits) {
  CHECK(logits.size() == rows.size(), "a row of logits for each row");
  if (classifier.wide() == nullptr) return std::optional<Branches>();
  std::vector<handoff::Row> labelled;
  std::vector<std::vector<float>> both;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].label == handoff::kOutOfScope && !classifier.label_index(rows[i].label)) continue;
    labelled.push_back(rows[i]);
    both.emplace_back(logits[i].begin(), logits[i].begin() + static_cast<std::ptrdiff_t>(classifier.output_count()));
  }
  if (labelled.empty()) return invalid_argument("no row with a label to judge the branches on");
  YUPU_ASSIGN_OR_RETURN(const auto wide, wide_logits(classifier, context, labelled));
  std::vector<std::vector<float>> encoder = both;
  for (std::size_t i = 0; i < both.size(); ++i) {
    for (std::size_t k = 0; k < both[i].size(); ++k) encoder[i][k] -= wide[i][k];
  }
  return std::optional<Branches>(Branches{.encoder = figures_of(classifier, labelled, encoder),
                                          .wide = figures_of(classifier, labelled, wide),
                                          .both = figures_of(classifier, labelled, both)});
}

}  // namespace yupu::tasks
