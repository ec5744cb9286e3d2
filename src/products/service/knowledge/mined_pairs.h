// Pairs for a cross-encoder to learn from, out of a search: to each question a passage that answers it, and the
// passages that the search puts first and that do not: those it will have to tell apart when it serves.  The passages
// are read as they are when they are searched (searchable_text).
//   right   of each document that answers the question the passage that stands best, or its first where none was found
//   wrong   the first passages of other documents, in the order of the search's last stage
// Threads: as the retriever.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "products/service/knowledge/evaluation.h"
#include "products/service/knowledge/retriever.h"

namespace yupu::products {

struct MinedPair {
  std::string query, passage;
  bool right = false;
  std::int64_t question = 0;    // from 1: its group
  OrderedJson to_json() const;  // {"text", "text_b", "label": 1 or 0, "query": "q1"}
};

struct MinedPairs {
  std::vector<MinedPair> pairs;    // question after question, the right ones first
  std::int64_t unfound_count = 0;  // right documents that the search did not find
};

// Outcomes  those of check_sources and Retriever::search.   REQUIRES: every question has a source.
Result<MinedPairs> mine_pairs(Retriever& retriever, std::span<const Question> questions, std::size_t wrong_count);

}  // namespace yupu::products
