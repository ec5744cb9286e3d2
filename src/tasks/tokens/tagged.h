// Sentences with a tag per word, as a column file (data/acquire/files/conll.h) or a file of spans (data/span_set.h)
// gives them and a tagger learns and is judged by.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tasks/tokens/schemes.h"

namespace yupu::tasks {

struct TaggedWords {
  std::vector<std::string> words;
  std::vector<Tag> tags;            // right in the set's scheme
  std::vector<std::int64_t> lines;  // of each word in the file; for errors
};

struct TagSet {
  std::string path;
  Scheme scheme = Scheme::kIob2;
  std::vector<TaggedWords> sentences;
  std::int64_t repaired_sentences = 0;  // whose tags were not right in the scheme and were rewritten (schemes.h)
  std::int64_t repaired_tags = 0;
  std::int64_t first_repaired_line = 0;  // 0: none
  std::int64_t widened_spans = 0;        // that began or ended within a word, and now hold it whole
  std::int64_t first_widened_line = 0;   // 0: none
};

}  // namespace yupu::tasks
