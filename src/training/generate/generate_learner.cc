#include "training/generate/generate_learner.h"

#include <array>

#include "tasks/generate/evaluate.h"

namespace yupu::training {

GenerateLearner::GenerateLearner(const GenerateTraining& options, tasks::LanguageModel& model)
    : options_(options), model_(model) {
  const auto add = [&](const tasks::PassageSet& set, std::vector<tasks::WrittenSequence>& to, std::int64_t* cut) {
    for (const tasks::Passage& passage : set.rows) {
      for (tasks::WrittenSequence& sequence : model.sequences(passage, cut)) to.push_back(std::move(sequence));
    }
  };
  add(options.train, sequences_, &cut_);
  add(options.valid, valid_, nullptr);
  for (const tasks::WrittenSequence& sequence : sequences_) lengths_.push_back(sequence.input_count());
}

engine::Var GenerateLearner::loss(engine::Tape& tape, std::span<const std::uint32_t> rows, std::int64_t /*epoch*/,
                                  model::DropoutStep dropout) {
  std::vector<const tasks::WrittenSequence*> sequences;
  std::vector<std::uint64_t> samples;
  for (const std::uint32_t row : rows) {
    sequences.push_back(&sequences_[row]);
    samples.push_back(row);
  }
  batch_.emplace(tasks::LanguageModel::batch_of(sequences, samples));
  return model_.loss(tape, *batch_, sequences, dropout);
}

// Each rank scores its share; the sums are everybody's.
Result<double> GenerateLearner::validation_figure(engine::Collective& collective, engine::ExecutionContext& context) {
  const tasks::WritingScore mine = tasks::score(model_, context, valid_, collective.rank(), collective.size());
  std::array<double, 2> sums = {mine.loss_sum, static_cast<double>(mine.targets)};
  YUPU_RETURN_IF_ERROR(collective.sum(sums));
  return -sums[0] / sums[1];
}

}  // namespace yupu::training
