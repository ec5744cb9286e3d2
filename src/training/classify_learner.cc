#include "training/classify_learner.h"

#include <utility>

#include "base/check.h"
#include "engine/ops/add/add.h"
#include "engine/ops/cross_entropy/cross_entropy.h"
#include "training/ranks.h"
#include "training/token_dropout.h"

namespace yupu::training {

ClassifyLearner::ClassifyLearner(const TrainOptions& options, tasks::Classifier& classifier,
                                 std::vector<float> class_weights, std::span<const std::string> background)
    : options_(options), classifier_(classifier), class_weights_(std::move(class_weights)) {
  if (const model::WideBranch* wide = classifier.wide())
    wide->weight().learning_rate_scale = static_cast<float>(options.wide_lr / options.lr);
  for (const handoff::Row& row : options.train) {
    const std::optional<std::int32_t> label = classifier.label_index(row.label);
    if (label) add(row.text, *label);  // out of scope: for the background, or for calibration alone
  }
  CHECK(background.empty() || classifier.has_background(), "texts for an output that is not there");
  for (const std::string& text : background) add(text, static_cast<std::int32_t>(classifier.labels().size()));
  if (!class_weights_.empty()) class_weights_.resize(classifier.output_count(), 1.0f);
}

void ClassifyLearner::add(std::string_view text, std::int32_t output) {
  text::Encoding encoding = classifier_.encode(text);
  lengths_.push_back(static_cast<std::int64_t>(encoding.ids.size()));
  examples_.push_back({.ids = std::move(encoding.ids),
                       .types = std::move(encoding.type_ids),
                       .ngrams = std::move(encoding.ngrams),
                       .label = output});
}

engine::Var ClassifyLearner::loss(engine::Tape& tape, std::span<const std::uint32_t> rows, std::int64_t epoch,
                                  model::DropoutStep dropout) {
  const TokenDropout tokens{.probability = options_.token_dropout,
                            .seed = options_.seed,
                            .unknown = classifier_.tokenizer().special_ids().unk};
  engine::PackedBatch packed;
  std::vector<std::int32_t> labels;
  std::vector<float> weights;
  std::vector<const text::SparseRow*> ngrams;
  for (const std::uint32_t row : rows) {
    packed.append(with_dropout(examples_[row].ids, tokens, row, epoch), examples_[row].types, row);
    labels.push_back(examples_[row].label);
    if (!class_weights_.empty()) weights.push_back(class_weights_[static_cast<std::size_t>(labels.back())]);
    ngrams.push_back(&examples_[row].ngrams);
  }
  batch_.emplace(std::move(packed));
  const auto loss_of = [&](const engine::Var& logits) {
    return engine::cross_entropy(logits, labels,
                                 {.label_smoothing = static_cast<float>(options_.label_smoothing),
                                  .reduction = engine::Reduction::kSum,
                                  .row_weights = weights});
  };
  const tasks::Classifier::BranchLogits logits = classifier_.forward_branches(tape, *batch_, ngrams, dropout);
  const engine::Var both = loss_of(logits.both);
  const auto share = static_cast<float>(options_.branch_loss);
  if (!logits.wide || share == 0.0f) return both;
  const engine::Var apart = engine::add(loss_of(logits.encoder), loss_of(*logits.wide));
  return engine::scale(engine::add(both, engine::scale(apart, share)), 1.0f / (1.0f + 2.0f * share));
}

Result<double> ClassifyLearner::validation_figure(engine::Collective& collective, engine::ExecutionContext& context) {
  YUPU_ASSIGN_OR_RETURN(const tasks::Evaluation evaluation,
                        tasks::evaluate(classifier_, logits_over(collective, classifier_, context), options_.valid));
  return options_.metric == "macro_f1" ? evaluation.report.macro.f1 : evaluation.report.accuracy;
}

}  // namespace yupu::training
