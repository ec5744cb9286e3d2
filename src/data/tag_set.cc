#include "data/tag_set.h"

#include <fmt/format.h>

#include "data/acquire/files/conll.h"
#include "data/span_set.h"

namespace yupu::data {
namespace {

constexpr std::string_view kPrefixes = "OBIMES";

// "O", or one of the prefixes with a type or without.
bool is_shaped(std::string_view tag) {
  if (tag.empty() || kPrefixes.find(tag.front()) == std::string_view::npos) return false;
  return tag.size() == 1 || (tag.size() > 2 && tag[1] == '-' && tag.front() != 'O');
}

bool is_broken(const ConllSentence& sentence, tasks::Scheme scheme) {
  const auto tags = tasks::parse_tags(sentence.tags, scheme);
  return !tags.ok() || tasks::first_broken(*tags, scheme).has_value();
}

}  // namespace

Result<tasks::Scheme> detect_scheme(const TagSource& source) {
  YUPU_ASSIGN_OR_RETURN(auto blocks, FileBlocks::open(source.path, source.path));
  ConllReader reader([&blocks] { return blocks->next(); }, {.tag_column = source.tag_column});
  bool any_middle = false, any_end = false, any_sentence = false;
  std::int64_t broken_iob1 = 0, broken_iob2 = 0;
  ConllSentence sentence;
  while (true) {
    YUPU_ASSIGN_OR_RETURN(const bool any, reader.next(sentence));
    if (!any) break;
    any_sentence = true;
    for (std::size_t i = 0; i < sentence.tags.size(); ++i) {
      const std::string& tag = sentence.tags[i];
      if (!is_shaped(tag)) {
        return invalid_argument(
            fmt::format("{}: line {}: \"{}\" is no tag (O, or B, I, E, S or M with -TYPE): is it the "
                        "right column?",
                        source.path, sentence.lines[i], tag),
            "label");
      }
      any_middle = any_middle || tag.front() == 'M';
      any_end = any_end || tag.front() == 'E' || tag.front() == 'S';
    }
    if (any_middle || any_end) continue;
    broken_iob1 += is_broken(sentence, tasks::Scheme::kIob1) ? 1 : 0;
    broken_iob2 += is_broken(sentence, tasks::Scheme::kIob2) ? 1 : 0;
  }
  if (!any_sentence) return invalid_argument(source.path + ": no sentence in it");
  if (any_middle) return tasks::Scheme::kBmes;
  if (any_end) return tasks::Scheme::kIobes;
  return broken_iob1 < broken_iob2 ? tasks::Scheme::kIob1 : tasks::Scheme::kIob2;
}

Result<tasks::TagSet> read_tag_set(const TagSource& source) {
  if (is_span_file(source.path)) return read_span_set(source);
  tasks::TagSet set;
  set.path = source.path;
  if (source.scheme) {
    set.scheme = *source.scheme;
  } else {
    YUPU_ASSIGN_OR_RETURN(set.scheme, detect_scheme(source));
  }
  YUPU_ASSIGN_OR_RETURN(
      ConllFile file,
      read_conll_file({.path = source.path, .scheme = set.scheme, .options = {.tag_column = source.tag_column}}));
  for (TaggedSentence& sentence : file.sentences) {
    set.sentences.push_back(
        {.words = std::move(sentence.tokens), .tags = std::move(sentence.tags), .lines = std::move(sentence.lines)});
  }
  set.repaired_sentences = file.repaired_sentences;
  set.repaired_tags = file.repaired_tags;
  set.first_repaired_line = file.first_repaired_line;
  return set;
}

}  // namespace yupu::data
