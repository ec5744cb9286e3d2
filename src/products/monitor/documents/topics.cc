#include "products/monitor/documents/topics.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "text/phrases/phrases.h"

namespace yupu::monitor {

Result<TopicDictionary> TopicDictionary::create(std::vector<Topic> topics) {
  const auto wrong = [](std::string why) { return invalid_argument(std::move(why), "topic"); };
  if (topics.empty()) return wrong("a monitor needs at least one topic");
  TopicDictionary dictionary;
  std::set<std::string> names;
  for (const Topic& topic : topics) {
    if (topic.name.empty() || topic.name.size() > 200) return wrong("a topic's name has 1 to 200 bytes");
    if (!names.insert(topic.name).second) return wrong(fmt::format("two topics are called '{}'", topic.name));
    std::vector<std::string>& folded = dictionary.aliases_.emplace_back();
    for (const std::string& alias : topic.aliases) folded.push_back(text::fold_phrase(alias));
    if (folded.empty()) folded.push_back(text::fold_phrase(topic.name));
    if (std::any_of(folded.begin(), folded.end(), [](const std::string& alias) { return alias.empty(); }))
      return wrong(fmt::format("topic '{}' has an empty alias: every document would hold it", topic.name));
  }
  dictionary.topics_ = std::move(topics);
  return dictionary;
}

std::vector<std::string> TopicDictionary::find(std::string_view folded_title, std::string_view folded_text) const {
  std::vector<std::string> found;
  for (std::size_t i = 0; i < topics_.size(); ++i) {
    const bool held = std::any_of(aliases_[i].begin(), aliases_[i].end(), [&](const std::string& alias) {
      return text::holds_phrase(folded_title, alias) || text::holds_phrase(folded_text, alias);
    });
    if (held) found.push_back(topics_[i].name);
  }
  return found;
}

}  // namespace yupu::monitor
