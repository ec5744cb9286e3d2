#include "products/monitor/documents/topics.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "text/phrases/phrases.h"

namespace yupu::monitor {
namespace {

using Phrases = std::vector<std::string>;

Phrases folded(const Phrases& phrases) {
  Phrases all;
  for (const std::string& phrase : phrases) all.push_back(text::fold_phrase(phrase));
  return all;
}

bool has_empty(const Phrases& phrases) {
  return std::any_of(phrases.begin(), phrases.end(), [](const std::string& phrase) { return phrase.empty(); });
}

bool holds_any(std::string_view text, const Phrases& phrases) {
  return std::any_of(phrases.begin(), phrases.end(),
                     [&](const std::string& phrase) { return text::holds_phrase(text, phrase); });
}

// Whether the text holds one of the names outside of the phrases in which they are another thing's.
bool names(std::string_view text, const Phrases& aliases, const Phrases& except) {
  if (!holds_any(text, aliases)) return false;
  if (!holds_any(text, except)) return true;
  std::string rest(text);
  for (const std::string& phrase : except) rest = text::without_phrase(rest, phrase);
  return holds_any(rest, aliases);
}

// What is wrong with a topic once it is folded; empty: nothing.
std::string fault_of(const Topic& topic, const Topic& own) {
  if (has_empty(own.aliases) || has_empty(own.ambiguous))
    return fmt::format("topic '{}' has an empty alias: every document would hold it", topic.name);
  if (has_empty(own.context) || has_empty(own.except))
    return fmt::format("topic '{}' has an empty word in its context or exceptions", topic.name);
  if (own.ambiguous.empty() != own.context.empty())
    return fmt::format("topic '{}': ambiguous names and the context that tells them apart belong together", topic.name);
  return "";
}

}  // namespace

Result<TopicDictionary> TopicDictionary::create(std::vector<Topic> topics) {
  const auto wrong = [](std::string why) { return invalid_argument(std::move(why), "topic"); };
  if (topics.empty()) return wrong("a monitor needs at least one topic");
  TopicDictionary dictionary;
  std::set<std::string> names;
  for (const Topic& topic : topics) {
    if (topic.name.empty() || topic.name.size() > 200) return wrong("a topic's name has 1 to 200 bytes");
    if (!names.insert(topic.name).second) return wrong(fmt::format("two topics are called '{}'", topic.name));
    Topic& own = dictionary.folded_.emplace_back();
    own.aliases = folded(topic.aliases);
    own.ambiguous = folded(topic.ambiguous);
    own.context = folded(topic.context);
    own.except = folded(topic.except);
    if (own.aliases.empty() && own.ambiguous.empty()) own.aliases.push_back(text::fold_phrase(topic.name));
    if (std::string fault = fault_of(topic, own); !fault.empty()) return wrong(std::move(fault));
  }
  dictionary.topics_ = std::move(topics);
  return dictionary;
}

std::vector<std::string> TopicDictionary::find(std::string_view folded_title, std::string_view folded_text) const {
  std::vector<std::string> found;
  for (std::size_t i = 0; i < topics_.size(); ++i) {
    const Topic& topic = folded_[i];
    const auto held = [&](const Phrases& aliases) {
      return names(folded_title, aliases, topic.except) || names(folded_text, aliases, topic.except);
    };
    const auto in_context = [&] {
      return holds_any(folded_title, topic.context) || holds_any(folded_text, topic.context);
    };
    if (held(topic.aliases) || (held(topic.ambiguous) && in_context())) found.push_back(topics_[i].name);
  }
  return found;
}

std::vector<std::string> TopicDictionary::named_in(std::string_view folded_piece) const {
  std::vector<std::string> found;
  for (std::size_t i = 0; i < topics_.size(); ++i) {
    const Topic& topic = folded_[i];
    if (names(folded_piece, topic.aliases, topic.except) || names(folded_piece, topic.ambiguous, topic.except))
      found.push_back(topics_[i].name);
  }
  return found;
}

}  // namespace yupu::monitor
