// What a linear tagger looks at in a word and around it: the features of a CRF for names, hashed, for a wide branch
// (model/heads/wide/wide.h).  Ratinov, Roth 2009, "Design Challenges and Misconceptions in Named Entity Recognition",
// CoNLL, section 3; Lafferty, McCallum, Pereira 2001, ICML.
//   of the word    itself, in lower case, its prefixes and suffixes of 1 to 4 code points (lower case), its shape, its
//                  shape with runs as one
//   of the words 1 and 2 before and behind it   itself, in lower case, the short shape, the suffix of 3
//   of several, in lower case   the pairs -2|-1, -1|0, 0|+1, +1|+2, -1|+1 and the threes that end, stand around and
//                  begin at the word; and the short shapes -1|0|+1
// A neighbour outside the sentence is a value of its own, so the first word and the last are known.  Words of one
// character, as Chinese is read, so give characters, their pairs and threes. Threads  functions without state.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace yupu::tasks {

// Code point by code point: X upper case, x other letters and marks, d numbers, c ideographs; punctuation and symbols
// stand for themselves, anything else is ?.  short_shape: each run of one of these once.
//   McDonald-3.5  XxXxxxxx-d.d, short XxXx-d.d     王  c
std::string shape(std::string_view word);
std::string short_shape(std::string_view word);

// Hashes of the features of each word, in no order, some perhaps twice.
std::vector<std::vector<std::uint64_t>> word_features(std::span<const std::string> words);

}  // namespace yupu::tasks
