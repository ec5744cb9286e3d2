// PostgreSQL's own full text search ranks without knowing how rare a word is, so BM25 is computed here, from what it
// needs: which text has which word how often (text_index_posting), and how long texts are (text_index_text).  The
// formula is that of SQLite's FTS5:
//
//   score(text) = sum over the terms  idf * f * (k1 + 1) / (f + k1 * (1 - b + b * length / average length))
//   idf         = ln((texts - texts with it + 0.5) / (texts with it + 0.5)), a millionth where that is not above 0
#include "store/postgres/text_engine.h"

#include "base/hash.h"

namespace yupu::store {
namespace {

constexpr std::string_view kSearch =
    "WITH size AS (SELECT count(*)::float8 AS texts, coalesce(sum(term_count), 0)::float8 AS terms "
    "FROM text_index_text WHERE index_number = ?), "
    "posting AS (SELECT term, id, occurrences::float8 AS f FROM text_index_posting "
    "WHERE index_number = ? AND term = ANY (string_to_array(?, ' '))), "
    "rarity AS (SELECT term, ln((size.texts - count(*) + 0.5) / (count(*) + 0.5)) AS idf FROM posting CROSS JOIN size "
    "GROUP BY term, size.texts) "
    "SELECT p.id, sum(CASE WHEN r.idf > 0 THEN r.idf ELSE 0.000001 END * p.f * 2.2 / (p.f + 1.2 * (0.25 + 0.75 * "
    "t.term_count / (size.terms / size.texts))) ORDER BY p.term) AS score "
    "FROM posting p JOIN rarity r ON r.term = p.term JOIN text_index_text t ON t.index_number = ? AND t.id = p.id "
    "CROSS JOIN size GROUP BY p.id ORDER BY score DESC, p.id LIMIT ?";

// A key of a PostgreSQL index has at most a third of a page; longer "words", which are no words, are known by a hash.
constexpr std::size_t kTermBytesMax = 512;

std::string stored_term(const std::string& term) {
  return term.size() <= kTermBytesMax ? term : "sha256" + sha256_hex(term);
}

std::string stored_terms(std::span<const std::string> terms) {
  std::vector<std::string> stored;
  stored.reserve(terms.size());
  for (const std::string& term : terms) stored.push_back(stored_term(term));
  return joined_terms(stored);
}

class Postings final : public TextEngine {
 public:
  Status make(Transaction&, std::int64_t) const override { return ok_status(); }

  Status add(Transaction& transaction, std::int64_t number, std::int64_t id,
             std::span<const std::string> terms) const override {
    YUPU_RETURN_IF_ERROR(transaction
                             .execute("INSERT INTO text_index_text (index_number, id, term_count) VALUES (?, ?, ?)",
                                      {number, id, static_cast<std::int64_t>(terms.size())})
                             .status());
    if (terms.empty()) return ok_status();
    return transaction
        .execute(
            "INSERT INTO text_index_posting (index_number, term, id, occurrences) SELECT ?::bigint, term, ?::bigint, "
            "count(*) FROM unnest(string_to_array(?, ' ')) AS term GROUP BY term",
            {number, id, stored_terms(terms)})
        .status();
  }

  Status remove(Transaction& transaction, std::int64_t number, std::int64_t id) const override {
    for (const char* table : {"text_index_posting", "text_index_text"}) {
      YUPU_RETURN_IF_ERROR(
          transaction.execute("DELETE FROM " + std::string(table) + " WHERE index_number = ? AND id = ?", {number, id})
              .status());
    }
    return ok_status();
  }

  Result<std::vector<TextHit>> search(Transaction& transaction, std::int64_t number, std::span<const std::string> terms,
                                      std::int64_t hits_max) const override {
    YUPU_ASSIGN_OR_RETURN(const auto rows,
                          transaction.query(kSearch, {number, number, stored_terms(terms), number, hits_max}));
    std::vector<TextHit> hits;
    for (const Row& row : rows) hits.push_back({.id = row.integer(0), .score = row.real(1)});
    return hits;
  }

  Result<std::int64_t> count_texts(Transaction& transaction, std::int64_t number) const override {
    YUPU_ASSIGN_OR_RETURN(const auto rows,
                          transaction.query("SELECT count(*) FROM text_index_text WHERE index_number = ?", {number}));
    return rows.at(0).integer(0);
  }

  Result<std::int64_t> count_texts_with(Transaction& transaction, std::int64_t number,
                                        const std::string& term) const override {
    YUPU_ASSIGN_OR_RETURN(
        const auto rows,
        transaction.query("SELECT count(*) FROM text_index_posting WHERE index_number = ? AND term = ?",
                          {number, stored_term(term)}));
    return rows.at(0).integer(0);
  }
};

}  // namespace

const TextEngine& postgres_text_engine() {
  static const Postings engine;
  return engine;
}

}  // namespace yupu::store
