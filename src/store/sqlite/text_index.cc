// An index is an FTS5 table of its own, text_index_N; the table text_index says which N a name has.  The tokenizer
// `ascii` splits at ASCII white space and keeps every byte beyond ASCII, so terms come through as they are.
#include "store/text_index.h"

#include <algorithm>
#include <optional>

#include "base/check.h"

namespace yupu::store {
namespace {

void check_term(const std::string& term) {
  const bool fine = !term.empty() && std::all_of(term.begin(), term.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c & 0x80) != 0;
  });
  CHECK(fine, "a term of digits, small letters and bytes beyond ASCII, not '" + term + "'");
}

Result<std::optional<std::string>> find_table(Transaction& transaction, std::string_view index) {
  YUPU_ASSIGN_OR_RETURN(const auto rows,
                        transaction.query("SELECT number FROM text_index WHERE name = ?", {std::string(index)}));
  if (rows.empty()) return std::optional<std::string>();
  return std::optional("text_index_" + std::to_string(rows[0].integer(0)));
}

Result<std::string> make_table(Transaction& transaction, std::string_view index) {
  YUPU_ASSIGN_OR_RETURN(auto table, find_table(transaction, index));
  if (table) return *std::move(table);
  YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query("INSERT INTO text_index (name) VALUES (?) RETURNING number",
                                                           {std::string(index)}));
  std::string name = "text_index_" + std::to_string(rows[0].integer(0));
  YUPU_RETURN_IF_ERROR(
      transaction.execute("CREATE VIRTUAL TABLE " + name + " USING fts5(terms, tokenize = 'ascii')").status());
  return name;
}

std::vector<std::string> different(std::span<const std::string> terms) {
  std::vector<std::string> out(terms.begin(), terms.end());
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace

Status add_text(Transaction& transaction, std::string_view index, std::int64_t id, std::span<const std::string> terms) {
  std::string line;
  for (const std::string& term : terms) {
    check_term(term);
    if (!line.empty()) line += ' ';
    line += term;
  }
  YUPU_ASSIGN_OR_RETURN(const std::string table, make_table(transaction, index));
  return transaction.execute("INSERT INTO " + table + " (rowid, terms) VALUES (?, ?)", {id, std::move(line)}).status();
}

Status remove_text(Transaction& transaction, std::string_view index, std::int64_t id) {
  YUPU_ASSIGN_OR_RETURN(const auto table, find_table(transaction, index));
  if (!table) return ok_status();
  return transaction.execute("DELETE FROM " + *table + " WHERE rowid = ?", {id}).status();
}

Result<std::vector<TextHit>> search_texts(Transaction& transaction, std::string_view index,
                                          std::span<const std::string> terms, std::size_t hits_max) {
  std::vector<TextHit> hits;
  YUPU_ASSIGN_OR_RETURN(const auto table, find_table(transaction, index));
  if (!table || terms.empty() || hits_max == 0) return hits;
  std::string query;
  for (const std::string& term : different(terms)) {
    check_term(term);
    if (!query.empty()) query += " OR ";
    query += '"' + term + '"';
  }
  YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query("SELECT rowid, rank FROM " + *table + " WHERE " + *table +
                                                               " MATCH ? ORDER BY rank, rowid LIMIT ?",
                                                           {std::move(query), static_cast<std::int64_t>(hits_max)}));
  for (const Row& row : rows) hits.push_back({.id = row.integer(0), .score = -row.real(1)});
  return hits;
}

Result<TermCounts> count_terms(Transaction& transaction, std::string_view index, std::span<const std::string> terms) {
  TermCounts counts;
  counts.texts_with.resize(terms.size());
  YUPU_ASSIGN_OR_RETURN(const auto table, find_table(transaction, index));
  if (!table) return counts;
  YUPU_ASSIGN_OR_RETURN(const auto total, transaction.query("SELECT count(*) FROM " + *table));
  counts.text_count = total[0].integer(0);
  const std::string count = "SELECT count(*) FROM " + *table + " WHERE " + *table + " MATCH ?";
  for (std::size_t i = 0; i < terms.size(); ++i) {
    check_term(terms[i]);
    YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query(count, {'"' + terms[i] + '"'}));
    counts.texts_with[i] = rows[0].integer(0);
  }
  return counts;
}

}  // namespace yupu::store
