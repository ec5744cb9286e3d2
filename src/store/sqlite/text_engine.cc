// An index is an FTS5 table of its own, text_index_N.  The tokenizer `ascii` splits at ASCII white space and keeps
// every byte beyond ASCII, so terms come through as they are.
#include "store/sqlite/text_engine.h"

#include <utility>

namespace yupu::store {
namespace {

std::string table_of(std::int64_t number) { return "text_index_" + std::to_string(number); }

class Fts5 final : public TextEngine {
 public:
  Status make(Transaction& transaction, std::int64_t number) const override {
    return transaction.execute("CREATE VIRTUAL TABLE " + table_of(number) + " USING fts5(terms, tokenize = 'ascii')")
        .status();
  }

  Status add(Transaction& transaction, std::int64_t number, std::int64_t id,
             std::span<const std::string> terms) const override {
    return transaction
        .execute("INSERT INTO " + table_of(number) + " (rowid, terms) VALUES (?, ?)", {id, joined_terms(terms)})
        .status();
  }

  Status remove(Transaction& transaction, std::int64_t number, std::int64_t id) const override {
    return transaction.execute("DELETE FROM " + table_of(number) + " WHERE rowid = ?", {id}).status();
  }

  Result<std::vector<TextHit>> search(Transaction& transaction, std::int64_t number, std::span<const std::string> terms,
                                      std::int64_t hits_max) const override {
    std::string query;
    for (const std::string& term : terms) {
      if (!query.empty()) query += " OR ";
      query += '"' + term + '"';
    }
    const std::string table = table_of(number);
    YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query("SELECT rowid, rank FROM " + table + " WHERE " + table +
                                                                 " MATCH ? ORDER BY rank, rowid LIMIT ?",
                                                             {std::move(query), hits_max}));
    std::vector<TextHit> hits;
    for (const Row& row : rows) hits.push_back({.id = row.integer(0), .score = -row.real(1)});
    return hits;
  }

  Result<std::int64_t> count_texts(Transaction& transaction, std::int64_t number) const override {
    YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query("SELECT count(*) FROM " + table_of(number)));
    return rows.at(0).integer(0);
  }

  Result<std::int64_t> count_texts_with(Transaction& transaction, std::int64_t number,
                                        const std::string& term) const override {
    const std::string table = table_of(number);
    YUPU_ASSIGN_OR_RETURN(
        const auto rows,
        transaction.query("SELECT count(*) FROM " + table + " WHERE " + table + " MATCH ?", {'"' + term + '"'}));
    return rows.at(0).integer(0);
  }
};

}  // namespace

const TextEngine& sqlite_text_engine() {
  static const Fts5 engine;
  return engine;
}

}  // namespace yupu::store
