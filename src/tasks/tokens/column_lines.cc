#include "tasks/tokens/column_lines.h"

#include <vector>

#include "tasks/tokens/evaluate.h"

namespace yupu::tasks {

Result<std::string> column_lines(const Tagger& tagger, engine::ExecutionContext& context,
                                 std::span<const std::string> texts, Scheme scheme) {
  std::vector<TaggedWords> sentences;
  for (const std::string& text : texts) {
    TaggedWords sentence;
    for (PlacedWord& word : split_words(text)) sentence.words.push_back(std::move(word.text));
    if (!sentence.words.empty()) sentences.push_back(std::move(sentence));
  }
  YUPU_ASSIGN_OR_RETURN(const auto emissions, tagger.emissions(context, encode_all(tagger, sentences)));
  std::string lines;
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    const auto said = converted(tagger.tags_of_sequence(tagger.decode(emissions[i])), scheme);
    const std::vector<std::string> tags = tag_texts(said, scheme);
    for (std::size_t t = 0; t < tags.size(); ++t) lines += sentences[i].words[t] + " " + tags[t] + "\n";
    lines += "\n";
  }
  return lines;
}

}  // namespace yupu::tasks
