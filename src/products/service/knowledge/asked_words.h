// What a question asks about, as units that a sentence can be compared by: words without a plural's s, and single
// ideographs (where Chinese words begin and end is not marked, and pairs across their borders would be asked in vain).
// The plural's s: the S stemmer of Harman 1991, "How effective is suffixing?", JASIS 42(1).
// Threads: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace yupu::products {

struct AskedWord {
  std::string unit;
  std::string term;  // as a word index has it (text/bm25)
};

// In the order asked, each unit once.  Words that carry a sentence rather than a subject ("how", "the", 吗, 的) are
// left out unless there is nothing else.  Empty: no letter, number or ideograph.
std::vector<AskedWord> asked_words(std::string_view question);

// All units of a text.
std::unordered_set<std::string> units_of(std::string_view text);

}  // namespace yupu::products
