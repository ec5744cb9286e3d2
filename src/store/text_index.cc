// What is the same on every engine: the table text_index says which number a name has, the engine does the rest.
#include "store/text_index.h"

#include <algorithm>
#include <optional>

#include "base/check.h"
#include "store/text_engine.h"

namespace yupu::store {
namespace {

void check_term(const std::string& term) {
  const bool fine = !term.empty() && std::all_of(term.begin(), term.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c & 0x80) != 0;
  });
  CHECK(fine, "a term of digits, small letters and bytes beyond ASCII, not '" + term + "'");
}

Result<std::optional<std::int64_t>> find_index(Transaction& transaction, std::string_view index) {
  YUPU_ASSIGN_OR_RETURN(const auto rows,
                        transaction.query("SELECT number FROM text_index WHERE name = ?", {std::string(index)}));
  if (rows.empty()) return std::optional<std::int64_t>();
  return std::optional<std::int64_t>(rows[0].integer(0));
}

Result<std::int64_t> make_index(Transaction& transaction, std::string_view index) {
  YUPU_ASSIGN_OR_RETURN(const auto known, find_index(transaction, index));
  if (known) return *known;
  YUPU_ASSIGN_OR_RETURN(const auto rows, transaction.query("INSERT INTO text_index (name) VALUES (?) RETURNING number",
                                                           {std::string(index)}));
  const std::int64_t number = rows.at(0).integer(0);
  YUPU_RETURN_IF_ERROR(transaction.text_engine().make(transaction, number));
  return number;
}

std::vector<std::string> different(std::span<const std::string> terms) {
  std::vector<std::string> out(terms.begin(), terms.end());
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace

std::string joined_terms(std::span<const std::string> terms) {
  std::string line;
  for (const std::string& term : terms) {
    if (!line.empty()) line += ' ';
    line += term;
  }
  return line;
}

Status add_text(Transaction& transaction, std::string_view index, std::int64_t id, std::span<const std::string> terms) {
  for (const std::string& term : terms) check_term(term);
  YUPU_ASSIGN_OR_RETURN(const std::int64_t number, make_index(transaction, index));
  return transaction.text_engine().add(transaction, number, id, terms);
}

Status remove_text(Transaction& transaction, std::string_view index, std::int64_t id) {
  YUPU_ASSIGN_OR_RETURN(const auto number, find_index(transaction, index));
  return number ? transaction.text_engine().remove(transaction, *number, id) : ok_status();
}

Result<std::vector<TextHit>> search_texts(Transaction& transaction, std::string_view index,
                                          std::span<const std::string> terms, std::size_t hits_max) {
  YUPU_ASSIGN_OR_RETURN(const auto number, find_index(transaction, index));
  if (!number || terms.empty() || hits_max == 0) return std::vector<TextHit>();
  const std::vector<std::string> asked = different(terms);
  for (const std::string& term : asked) check_term(term);
  return transaction.text_engine().search(transaction, *number, asked, static_cast<std::int64_t>(hits_max));
}

Result<TermCounts> count_terms(Transaction& transaction, std::string_view index, std::span<const std::string> terms) {
  TermCounts counts;
  counts.texts_with.resize(terms.size());
  YUPU_ASSIGN_OR_RETURN(const auto number, find_index(transaction, index));
  if (!number) return counts;
  const TextEngine& engine = transaction.text_engine();
  YUPU_ASSIGN_OR_RETURN(counts.text_count, engine.count_texts(transaction, *number));
  for (std::size_t i = 0; i < terms.size(); ++i) {
    check_term(terms[i]);
    YUPU_ASSIGN_OR_RETURN(counts.texts_with[i], engine.count_texts_with(transaction, *number, terms[i]));
  }
  return counts;
}

}  // namespace yupu::store
