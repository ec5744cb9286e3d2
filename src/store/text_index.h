// Which texts have which words, beside the rows they belong to: BM25 over terms that the caller has cut.  SQLite: FTS5
// (Okapi BM25, k1 1.2, b 0.75, the idf of Robertson and Sparck Jones, never below a millionth).
//
// An index has a name and counts only its own texts: how rare a word is and how long texts are in one index changes no
// score of another, so a tenant's index tells nothing of another tenant's texts.  It comes into being with its first
// text.  What a transaction adds or removes it finds itself; others find it once the transaction is committed.
// A term is one or more bytes: ASCII digits and small letters, and any UTF-8 beyond ASCII.  Anything else is a bug
// (CHECK).
// Errors   those of the store.        Threads  as the transaction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "store/store.h"

namespace yupu::store {

struct TextHit {
  std::int64_t id = 0;
  double score = 0.0;  // above 0; more is better
};

struct TermCounts {
  std::int64_t text_count = 0;
  std::vector<std::int64_t> texts_with;  // of each term asked for, in order
};

// A text's terms, in order, with repetitions.  REQUIRES: the index has no text of this id.
Status add_text(Transaction& transaction, std::string_view index, std::int64_t id, std::span<const std::string> terms);
// An id that is not there is fine.
Status remove_text(Transaction& transaction, std::string_view index, std::int64_t id);
// The best `hits_max` of the texts that have at least one of `terms`, best first; of equal ones the lower id is first.
// A term given twice counts once.
Result<std::vector<TextHit>> search_texts(Transaction& transaction, std::string_view index,
                                          std::span<const std::string> terms, std::size_t hits_max);
Result<TermCounts> count_terms(Transaction& transaction, std::string_view index, std::span<const std::string> terms);

}  // namespace yupu::store
