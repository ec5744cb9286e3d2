// Which topics a document is about: those one of whose aliases it holds, in title or text. Ticker, short name, Chinese
// and Latin form stand in one list; how a text holds an alias: text/phrases/phrases.h (Latin words whole, Chinese
// anywhere, width and case folded).
// Threads: const members any.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace yupu::monitor {

struct Topic {
  std::string name;
  std::vector<std::string> aliases;  // none: the name is one
};

class TopicDictionary {
 public:
  // Errors: kInvalidArgument, field "topic": no topic, one without a name, a name twice, an alias that is empty once
  // folded.
  static Result<TopicDictionary> create(std::vector<Topic> topics);

  // Names, in the order of the dictionary. Both were folded.
  std::vector<std::string> find(std::string_view folded_title, std::string_view folded_text) const;
  const std::vector<Topic>& topics() const { return topics_; }

 private:
  std::vector<Topic> topics_;                      // as given
  std::vector<std::vector<std::string>> aliases_;  // of each, folded
};

}  // namespace yupu::monitor
