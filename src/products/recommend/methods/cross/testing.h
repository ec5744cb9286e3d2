// For tests and benches only: a cross-encoder of random weights in a directory.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "tasks/pairs/pair_model.h"
#include "text/tokenizers/wordpiece/wordpiece.h"

namespace yupu::recommend::testing {

// Classes 0 and 1 over the letters and `words`; `end_ns`: of the behaviour its lineage says it has learned from.
inline std::unique_ptr<tasks::PairModel> cross_model(const model::EncoderConfig& shape, std::vector<std::string> words,
                                                     std::optional<std::int64_t> end_ns = {}, std::uint64_t seed = 1,
                                                     std::vector<std::string> labels = {"0", "1"}) {
  std::vector<std::string> vocabulary = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    vocabulary.emplace_back(1, letter);
    vocabulary.push_back(std::string("##") + letter);
  }
  for (std::string& word : words) vocabulary.push_back(std::move(word));
  model::EncoderConfig config = shape;
  config.vocab_size = static_cast<std::int64_t>(vocabulary.size());
  config.initializer_range = 0.3f;
  auto tokenizer = text::make_wordpiece(std::move(vocabulary));
  CHECK(tokenizer.ok(), tokenizer.status().message());
  tasks::PairModel::Fresh fresh;
  fresh.labels = std::move(labels);
  fresh.seed = seed;
  fresh.max_length = std::min<std::int64_t>(64, config.position_count);
  auto made = tasks::PairModel::create(config, std::move(*tokenizer), fresh);
  CHECK(made.ok(), made.status().message());
  std::unique_ptr<tasks::PairModel> model = std::move(made).value();
  if (end_ns) model->classifier().set_lineage({{"options", {{"end_ns", *end_ns}}}});
  return model;
}

inline model::EncoderConfig small_shape() {
  model::EncoderConfig config;
  config.hidden_size = 16;
  config.layer_count = 1;
  config.intermediate_size = 32;
  config.position_count = 64;
  return config;
}

}  // namespace yupu::recommend::testing
