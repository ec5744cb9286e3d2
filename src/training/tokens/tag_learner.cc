#include "training/tokens/tag_learner.h"

#include "base/check.h"
#include "tasks/tokens/evaluate.h"
#include "training/token_dropout.h"

namespace yupu::training {

TagLearner::TagLearner(const TagOptions& options, tasks::Tagger& tagger) : options_(options), tagger_(tagger) {
  if (const tasks::Crf* crf = tagger.crf()) {
    for (engine::Parameter* parameter : crf->parameters())
      parameter->learning_rate_scale = static_cast<float>(options.crf_lr / options.loop.lr);
  }
  if (const model::WideBranch* wide = tagger.wide())
    wide->weight().learning_rate_scale = static_cast<float>(options.loop.wide_lr / options.loop.lr);
  for (const tasks::TaggedWords& sentence : options.train.sentences) {
    Example example{.words = tagger.encode(sentence.words), .labels = {}};
    for (const tasks::Tag& tag : tasks::converted(sentence.tags, tagger.scheme())) {
      const auto index = tagger.tag_index(tag);
      CHECK(index, "a training tag that the tagger does not have");
      example.labels.push_back(*index);
    }
    lengths_.push_back(example.words.token_count);
    examples_.push_back(std::move(example));
  }
  valid_ = tasks::encode_all(tagger, options.valid.sentences);
}

// Each window is a row of its own to token dropout.
tasks::WordEncoding TagLearner::seen(std::uint32_t row, std::int64_t epoch) const {
  tasks::WordEncoding words = examples_[row].words;
  const TokenDropout dropout{.probability = options_.loop.token_dropout,
                             .seed = options_.loop.seed,
                             .unknown = tagger_.tokenizer().special_ids().unk};
  for (std::size_t w = 0; w < words.windows.size(); ++w) {
    const std::uint64_t who = static_cast<std::uint64_t>(w) << 20 ^ row;
    words.windows[w].ids = with_dropout(std::move(words.windows[w].ids), dropout, who, epoch);
  }
  return words;
}

engine::Var TagLearner::loss(engine::Tape& tape, std::span<const std::uint32_t> rows, std::int64_t epoch,
                             model::DropoutStep dropout) {
  std::vector<tasks::WordEncoding> sentences;
  std::vector<std::int32_t> labels;
  for (const std::uint32_t row : rows) {
    sentences.push_back(seen(row, epoch));
    labels.insert(labels.end(), examples_[row].labels.begin(), examples_[row].labels.end());
  }
  std::vector<const tasks::WordEncoding*> pointers;
  for (const tasks::WordEncoding& sentence : sentences) pointers.push_back(&sentence);
  batch_.emplace(pointers, rows);
  return tagger_.loss(tagger_.forward(tape, *batch_, dropout), *batch_, labels,
                      static_cast<float>(options_.loop.label_smoothing));
}

// Every rank computes the whole: the same program on the same weights gives the same bits, and nothing is sent.
Result<double> TagLearner::validation_figure(engine::Collective&, engine::ExecutionContext& context) {
  YUPU_ASSIGN_OR_RETURN(const auto evaluation, tasks::evaluate(tagger_, context, options_.valid, valid_));
  return evaluation.spans.micro.f1;
}

}  // namespace yupu::training
