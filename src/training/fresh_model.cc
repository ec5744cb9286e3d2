#include "training/fresh_model.h"

#include "text/tokenizers/wordpiece/train.h"
#include "text/tokenizers/wordpiece/wordpiece.h"

namespace yupu::training {

Result<FreshModel> fresh_model(const TrainOptions& options, std::span<const std::string> texts, bool cased) {
  FreshModel fresh;
  YUPU_ASSIGN_OR_RETURN(fresh.config, model::preset_config(options.config));
  text::TrainVocabularyOptions vocabulary_options;
  vocabulary_options.vocab_size = static_cast<std::int32_t>(options.vocab_size);
  vocabulary_options.normalization.lower_case = !cased;
  YUPU_ASSIGN_OR_RETURN(auto vocabulary, text::train_vocabulary(texts, vocabulary_options));
  fresh.config.vocab_size = static_cast<std::int64_t>(vocabulary.size());
  fresh.config.position_count = options.max_length;
  if (options.dropout) {
    fresh.config.hidden_dropout = fresh.config.attention_dropout = fresh.config.classifier_dropout =
        static_cast<float>(*options.dropout);
  }
  YUPU_ASSIGN_OR_RETURN(fresh.tokenizer, text::make_wordpiece(std::move(vocabulary), vocabulary_options.normalization));
  return fresh;
}

}  // namespace yupu::training
