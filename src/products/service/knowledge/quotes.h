// An answer made of quotes: the sentences of found passages that say most of what the query asks, byte for byte, each
// with its citation.  Nothing is written that no document says, sentences of different documents are never joined, and
// when no sentence is good enough there is no answer: the caller refuses.
//
//   score    share(s) = sum of idf over the query's terms that the sentence, a heading above it or the title has
//                       / sum of idf over the query's terms;              a term that no passage has counts as the
//                       rarest
//            with an embedder: the mean of share(s) and the cosine (at least 0) of query and sentence, headings
//            included idf(t) = ln(1 + (N - n + 0.5) / (n + 0.5)), n of the tenant's N passages have t
//   chosen   scores of at least `threshold`, and of at least `of_best` of the best one's; of equal ones the one with
//   more
//            of the words asked about in itself, then the earlier; up to `sentences_max` of a document, in its order,
//            and up to `documents_max` documents, best first.  Documents that contradict each other are so shown side
//            by side, each with its date.
// A heading with text below it is no sentence: it is a passage's title, and answers nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "products/service/knowledge/retriever.h"

namespace yupu::products {

struct QuoteOptions {
  double threshold = 0.5;
  double of_best = 0.8;
  std::size_t passages_max = 10;  // that are read for sentences
  std::size_t sentences_max = 2;  // of a document
  std::size_t documents_max = 3;
};

struct Quote {
  std::string text;  // document_text(source).substr(begin, end - begin) of this version
  double score = 0.0;
  std::string source, title;
  std::vector<std::string> headings;
  std::int64_t version = 0;
  std::size_t begin = 0, end = 0;
  std::int64_t dated_ns = 0;
  std::optional<std::int64_t> page = {};  // from 1; of a format that has pages
  OrderedJson to_json() const;
};

// What a search for an answer came to.
struct Found {
  std::vector<Quote> quotes = {};  // at or above the threshold, best document first; empty: no document answers
  double score = 0.0;              // of the best sentence, quoted or not
  double threshold = 0.0;
};

// Empty: nothing above the threshold, or a query without a word.  Outcomes  those of Retriever::search.
Result<std::vector<Quote>> quote(Retriever& retriever, std::string_view query, const QuoteOptions& options = {});
// The same, with the score there is when it does not suffice.
Result<Found> find_answer(Retriever& retriever, std::string_view query, const QuoteOptions& options = {});

}  // namespace yupu::products
