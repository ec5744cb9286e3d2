// Which topics a document is about: those one of whose aliases it holds, in title or text. Ticker, short name, Chinese
// and Latin form stand in one list; how a text holds an alias: text/phrases/phrases.h (Latin words whole, Chinese
// anywhere, width and case folded).
//
//   ambiguous   names that are also common words or somebody else's ("Apple"): they count in a document that holds a
//               word of the context ("iPhone", "Cupertino") as well, or a name that is not ambiguous
//   except      phrases in which a name is another thing's ("apple pie", "苹果汁"): what stands in them is not the name
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
  std::vector<std::string> aliases;         // none, and nothing ambiguous: the name is one
  std::vector<std::string> ambiguous = {};  // count beside a word of the context alone
  std::vector<std::string> context = {};
  std::vector<std::string> except = {};
};

class TopicDictionary {
 public:
  // Errors: kInvalidArgument, field "topic": no topic, one without a name, a name twice, an alias or a word that is
  // empty once folded, ambiguous names without a context or a context without them.
  static Result<TopicDictionary> create(std::vector<Topic> topics);

  // Names, in the order of the dictionary. Both were folded.
  std::vector<std::string> find(std::string_view folded_title, std::string_view folded_text) const;
  // Those that a piece of a document names: a sentence need not repeat the context that the document has.
  std::vector<std::string> named_in(std::string_view folded_piece) const;
  const std::vector<Topic>& topics() const { return topics_; }

 private:
  std::vector<Topic> topics_;  // as given
  std::vector<Topic> folded_;  // the same, without names
};

}  // namespace yupu::monitor
