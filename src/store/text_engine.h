// What an engine has to do for store/text_index.h.  Internal to the store room.
//
// Terms are checked and, in a search, different from each other and in order.  `number` is the index's, of the table
// text_index.  Scores are the same on every engine: Okapi BM25 as text_index.h says, summed in the order of the terms.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "store/store.h"
#include "store/text_index.h"

namespace yupu::store {

class TextEngine {
 public:
  virtual ~TextEngine() = default;
  // What an index needs before its first text.
  virtual Status make(Transaction& transaction, std::int64_t number) const = 0;
  virtual Status add(Transaction& transaction, std::int64_t number, std::int64_t id,
                     std::span<const std::string> terms) const = 0;
  virtual Status remove(Transaction& transaction, std::int64_t number, std::int64_t id) const = 0;
  virtual Result<std::vector<TextHit>> search(Transaction& transaction, std::int64_t number,
                                              std::span<const std::string> terms, std::int64_t hits_max) const = 0;
  virtual Result<std::int64_t> count_texts(Transaction& transaction, std::int64_t number) const = 0;
  virtual Result<std::int64_t> count_texts_with(Transaction& transaction, std::int64_t number,
                                                const std::string& term) const = 0;
};

// The terms with one space between them.
std::string joined_terms(std::span<const std::string> terms);

}  // namespace yupu::store
