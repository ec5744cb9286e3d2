#include "training/multilabel/multilabel_learner.h"

#include "base/check.h"
#include "tasks/multilabel/evaluate.h"
#include "training/ranks.h"
#include "training/token_dropout.h"

namespace yupu::training {

MultilabelLearner::MultilabelLearner(const MultilabelOptions& options, tasks::MultilabelModel& model)
    : options_(options), model_(model) {
  if (const model::WideBranch* wide = model.classifier().wide())
    wide->weight().learning_rate_scale = static_cast<float>(options.loop.wide_lr / options.loop.lr);
  for (const tasks::MultilabelRow& row : options.train.rows) {
    Example example{.text = model.classifier().encode(row.text), .has = {}};
    example.has.assign(model.labels().size(), 0);
    for (const std::string& label : row.labels) {
      const auto index = model.classifier().label_index(label);
      CHECK(index, "a training label that the model does not have");
      example.has[static_cast<std::size_t>(*index)] = 1;
    }
    lengths_.push_back(static_cast<std::int64_t>(example.text.ids.size()));
    examples_.push_back(std::move(example));
  }
  valid_ = tasks::encode_all(model, options.valid);
}

engine::Var MultilabelLearner::loss(engine::Tape& tape, std::span<const std::uint32_t> rows, std::int64_t epoch,
                                    model::DropoutStep dropout) {
  const TokenDropout tokens{.probability = options_.loop.token_dropout,
                            .seed = options_.loop.seed,
                            .unknown = model_.classifier().tokenizer().special_ids().unk};
  engine::PackedBatch packed;
  std::vector<std::uint8_t> has;
  std::vector<const text::SparseRow*> ngrams;
  for (const std::uint32_t row : rows) {
    const Example& example = examples_[row];
    packed.append(with_dropout(example.text.ids, tokens, row, epoch), example.text.type_ids, row);
    has.insert(has.end(), example.has.begin(), example.has.end());
    ngrams.push_back(&example.text.ngrams);
  }
  batch_.emplace(std::move(packed));
  return model_.loss(model_.classifier().forward(tape, *batch_, ngrams, dropout), has, options_.loop.label_smoothing);
}

// A figure that is not there (no validation row has a label, or all have all) is worth nothing.
Result<double> MultilabelLearner::validation_figure(engine::Collective& collective, engine::ExecutionContext& context) {
  YUPU_ASSIGN_OR_RETURN(
      const tasks::MultilabelEvaluation evaluation,
      tasks::evaluate(model_, logits_over(collective, model_.classifier(), context), options_.valid, valid_));
  return evaluation.figure(options_.loop.metric).value_or(0.0);
}

}  // namespace yupu::training
