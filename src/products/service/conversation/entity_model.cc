#include "products/service/conversation/entity_model.h"

#include <algorithm>
#include <span>
#include <utility>

#include "base/log.h"

namespace yupu::products {

Result<std::shared_ptr<EntityModel>> EntityModel::load(const std::string& directory) {
  YUPU_ASSIGN_OR_RETURN(auto tagger, tasks::Tagger::load(directory, model::Placement::kMapped));
  return std::shared_ptr<EntityModel>(new EntityModel(std::move(tagger)));
}

bool EntityModel::knows(std::string_view type) const {
  const auto& tags = tagger_->tags();
  return std::any_of(tags.begin(), tags.end(), [&](const tasks::Tag& tag) { return tag.type == type; });
}

std::vector<Entity> EntityModel::read(const std::string& text) {
  const std::vector<tasks::PlacedWord> words = tasks::split_words(text);
  std::vector<std::string> plain;
  for (const tasks::PlacedWord& word : words) plain.push_back(word.text);
  const std::vector<tasks::WordEncoding> sentence = {tagger_->encode(plain)};
  MutexLock lock(mutex_);
  const auto emissions = tagger_->emissions(context_, sentence);
  if (!emissions.ok()) {
    log::warn("entities_unread", {{"error", emissions.status().to_string()}});
    return {};
  }
  std::vector<Entity> found;
  for (const tasks::ScoredSpan& scored : tagger_->spans(emissions->front())) {
    const auto& first = words[static_cast<std::size_t>(scored.span.begin)];
    const auto& last = words[static_cast<std::size_t>(scored.span.end) - 1];
    found.push_back({.type = scored.span.type,
                     .span = {static_cast<std::size_t>(first.begin_byte), static_cast<std::size_t>(last.end_byte)},
                     .score = scored.score});
  }
  return found;
}

}  // namespace yupu::products
