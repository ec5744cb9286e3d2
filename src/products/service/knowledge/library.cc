#include "products/service/knowledge/library.h"

#include <utility>

#include <fmt/format.h>

#include "base/hash.h"
#include "products/service/knowledge/readers/readers.h"
#include "store/text_index.h"
#include "text/bm25/bm25.h"
#include "text/unicode.h"

namespace yupu::products {
namespace {

constexpr std::size_t kSourceBytesMax = 1024;

using store::Row;
using store::Transaction;

struct Held {  // a source's row
  std::int64_t id = 0, version = 0;
  std::string sha256;
  bool is_removed = false;
};

Result<std::optional<Held>> find_source(Transaction& transaction, const std::string& tenant_id,
                                        const std::string& source) {
  YUPU_ASSIGN_OR_RETURN(const auto rows,
                        transaction.query("SELECT id, version, sha256, removed_ns FROM knowledge_document WHERE "
                                          "tenant_id = ? AND source = ?",
                                          {tenant_id, source}));
  if (rows.empty()) return std::optional<Held>();
  const Row& row = rows[0];
  return std::optional(Held{row.integer(0), row.integer(1), row.text(2), !row.is_null(3)});
}

Status tell_change(Transaction& transaction, const std::string& tenant_id) {
  return transaction
      .execute(
          "INSERT INTO knowledge_change (tenant_id, sequence) VALUES (?, 1) ON CONFLICT (tenant_id) DO UPDATE SET "
          "sequence = knowledge_change.sequence + 1",
          {tenant_id})
      .status();
}

Status remove_passages(Transaction& transaction, const std::string& tenant_id, std::int64_t document_id) {
  YUPU_ASSIGN_OR_RETURN(const auto rows,
                        transaction.query("SELECT id FROM knowledge_passage WHERE tenant_id = ? AND document_id = ?",
                                          {tenant_id, document_id}));
  for (const Row& row : rows) {
    YUPU_RETURN_IF_ERROR(store::remove_text(transaction, word_index(tenant_id), row.integer(0)));
    YUPU_RETURN_IF_ERROR(
        transaction
            .execute("DELETE FROM knowledge_vector WHERE tenant_id = ? AND passage_id = ?", {tenant_id, row.integer(0)})
            .status());
  }
  return transaction
      .execute("DELETE FROM knowledge_passage WHERE tenant_id = ? AND document_id = ?", {tenant_id, document_id})
      .status();
}

Status insert_passages(Transaction& transaction, const std::string& tenant_id, std::int64_t document_id,
                       std::int64_t version, const NewDocument& added) {
  for (const Passage& passage : added.passages) {
    const std::string text = added.document.text.substr(passage.begin, passage.end - passage.begin);
    YUPU_ASSIGN_OR_RETURN(
        const auto rows,
        transaction.query("INSERT INTO knowledge_passage (tenant_id, document_id, version, begin_byte, end_byte, "
                          "headings, text, page) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
                          {tenant_id, document_id, version, static_cast<std::int64_t>(passage.begin),
                           static_cast<std::int64_t>(passage.end), to_text(Json(passage.headings)), text,
                           passage.page ? store::Value(*passage.page) : store::Value(nullptr)}));
    const auto terms = text::bm25_index_terms(searchable_text(added.document.title, passage.headings, text));
    YUPU_RETURN_IF_ERROR(store::add_text(transaction, word_index(tenant_id), rows[0].integer(0), terms));
  }
  return ok_status();
}

// The source's row as it is to be; its id.
Result<std::int64_t> write_row(Transaction& transaction, const Clock& clock, const std::string& tenant_id,
                               const NewDocument& added, std::int64_t version) {
  YUPU_ASSIGN_OR_RETURN(
      const auto rows,
      transaction.query(
          "INSERT INTO knowledge_document (tenant_id, source, version, format, sha256, title, text, "
          "text_bytes, dated_ns, added_ns, origin) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant_id, "
          "source) DO "
          "UPDATE SET version = excluded.version, format = excluded.format, sha256 = excluded.sha256, "
          "title = excluded.title, text = excluded.text, text_bytes = excluded.text_bytes, dated_ns = "
          "excluded.dated_ns, added_ns = excluded.added_ns, origin = excluded.origin, removed_ns = NULL RETURNING id",
          {tenant_id, added.source, version, added.format, added.sha256, added.document.title, added.document.text,
           static_cast<std::int64_t>(added.document.text.size()), added.dated_ns, clock.now_ns(), added.origin}));
  return rows[0].integer(0);
}

Result<std::vector<std::string>> headings_of(const std::string& text) {
  YUPU_ASSIGN_OR_RETURN(const Json json, parse_json(text));
  std::vector<std::string> headings;
  for (const Json& heading : json) headings.push_back(heading.get<std::string>());
  return headings;
}

}  // namespace

std::string_view outcome_name(Added::Outcome outcome) {
  switch (outcome) {
    case Added::Outcome::kUnchanged:
      return "unchanged";
    case Added::Outcome::kNew:
      return "new";
    case Added::Outcome::kReplaced:
      return "replaced";
  }
  return {};
}

OrderedJson DocumentRow::to_json() const {
  return {{"source", source},
          {"title", title},
          {"format", format},
          {"version", version},
          {"passages", passage_count},
          {"text_bytes", text_bytes},
          {"dated", format_utc(dated_ns)},
          {"added", format_utc(added_ns)},
          {"sha256", sha256}};
}

std::string searchable_text(std::string_view title, std::span<const std::string> headings, std::string_view text) {
  std::string out(title);
  for (std::size_t i = 0; i < headings.size(); ++i) {
    if (i == 0 && headings[0] == title) continue;
    out += '\n';
    out += headings[i];
  }
  out += '\n';
  out += text;
  return out;
}

std::string word_index(std::string_view tenant_id) { return fmt::format("knowledge/{}", tenant_id); }

Status check_source(std::string_view source) {
  if (!source.empty() && source.size() <= kSourceBytesMax && !text::validate_utf8(source)) return ok_status();
  return invalid_argument(fmt::format("a source's name has 1 to {} bytes of UTF-8, not '{}'", kSourceBytesMax,
                                      text::replace_invalid_utf8(source.substr(0, 100)).text),
                          "source");
}

Result<NewDocument> read_new_document(const std::string& file, std::string_view bytes, std::int64_t dated_ns,
                                      const PassageOptions& options) {
  YUPU_RETURN_IF_ERROR(check_source(file));
  NewDocument added;
  YUPU_ASSIGN_OR_RETURN(const DocumentFormat* format, format_of(file));
  YUPU_ASSIGN_OR_RETURN(added.document, read_document(file, bytes));
  added.source = file;
  added.format = format->name;
  added.sha256 = sha256_hex(bytes);
  added.dated_ns = added.document.dated_ns.value_or(dated_ns);
  added.passages = cut_passages(added.document, options);
  return added;
}

Result<Added> add_document(store::Store& store, const Clock& clock, const std::string& tenant_id,
                           const NewDocument& document) {
  Added added;
  YUPU_RETURN_IF_ERROR(store.write([&](Transaction& transaction) -> Status {
    added = {};
    YUPU_ASSIGN_OR_RETURN(const auto held, find_source(transaction, tenant_id, document.source));
    added.passage_count = static_cast<std::int64_t>(document.passages.size());
    added.version = held ? held->version : 1;
    const bool is_there = held && !held->is_removed;
    if (is_there && held->sha256 == document.sha256) return ok_status();
    if (held) ++added.version;
    added.outcome = is_there ? Added::Outcome::kReplaced : Added::Outcome::kNew;
    YUPU_ASSIGN_OR_RETURN(const std::int64_t id, write_row(transaction, clock, tenant_id, document, added.version));
    YUPU_RETURN_IF_ERROR(remove_passages(transaction, tenant_id, id));
    YUPU_RETURN_IF_ERROR(insert_passages(transaction, tenant_id, id, added.version, document));
    return tell_change(transaction, tenant_id);
  }));
  return added;
}

Status remove_document(store::Store& store, const Clock& clock, const std::string& tenant_id,
                       const std::string& source) {
  return store.write([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const auto held, find_source(transaction, tenant_id, source));
    if (!held || held->is_removed)
      return not_found(fmt::format("there is no document '{}'; `yupu knowledge list` names them", source));
    YUPU_RETURN_IF_ERROR(remove_passages(transaction, tenant_id, held->id));
    YUPU_RETURN_IF_ERROR(transaction
                             .execute("UPDATE knowledge_document SET sha256 = '', title = '', text = '', text_bytes = "
                                      "0, removed_ns = ? WHERE tenant_id = ? AND id = ?",
                                      {clock.now_ns(), tenant_id, held->id})
                             .status());
    return tell_change(transaction, tenant_id);
  });
}

Result<std::vector<DocumentRow>> list_documents(store::Store& store, const std::string& tenant_id) {
  std::vector<DocumentRow> documents;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(
        const auto rows,
        transaction.query(
            "SELECT d.source, d.format, d.title, d.sha256, d.version, d.text_bytes, d.dated_ns, d.added_ns, "
            "(SELECT count(*) FROM knowledge_passage p WHERE p.tenant_id = d.tenant_id AND "
            "p.document_id = d.id) FROM knowledge_document d WHERE d.tenant_id = ? AND d.removed_ns IS "
            "NULL ORDER BY d.source",
            {tenant_id}));
    for (const Row& row : rows) {
      documents.push_back({.source = row.text(0),
                           .format = row.text(1),
                           .title = row.text(2),
                           .sha256 = row.text(3),
                           .version = row.integer(4),
                           .passage_count = row.integer(8),
                           .text_bytes = row.integer(5),
                           .dated_ns = row.integer(6),
                           .added_ns = row.integer(7)});
    }
    return ok_status();
  }));
  return documents;
}

Result<std::string> document_text(store::Store& store, const std::string& tenant_id, const std::string& source) {
  std::string text;
  YUPU_RETURN_IF_ERROR(store.read([&](Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(const auto rows,
                          transaction.query("SELECT text FROM knowledge_document WHERE tenant_id = ? AND source = ? "
                                            "AND removed_ns IS NULL",
                                            {tenant_id, source}));
    if (rows.empty()) return not_found(fmt::format("there is no document '{}'", source));
    text = rows[0].text(0);
    return ok_status();
  }));
  return text;
}

Result<std::map<std::int64_t, FoundPassage>> find_passages(store::Transaction& transaction,
                                                           const std::string& tenant_id,
                                                           std::span<const std::int64_t> ids) {
  std::map<std::int64_t, FoundPassage> found;
  for (const std::int64_t id : ids) {
    YUPU_ASSIGN_OR_RETURN(
        const auto rows,
        transaction.query(
            "SELECT d.source, d.title, p.headings, p.version, p.begin_byte, p.end_byte, d.dated_ns, "
            "p.text, p.page FROM knowledge_passage p JOIN knowledge_document d ON d.id = p.document_id WHERE "
            "p.tenant_id = ? AND d.tenant_id = ? AND p.id = ?",
            {tenant_id, tenant_id, id}));
    if (rows.empty()) continue;
    const Row& row = rows[0];
    YUPU_ASSIGN_OR_RETURN(auto headings, headings_of(row.text(2)));
    found[id] = {.id = id,
                 .source = row.text(0),
                 .title = row.text(1),
                 .headings = std::move(headings),
                 .version = row.integer(3),
                 .begin = static_cast<std::size_t>(row.integer(4)),
                 .end = static_cast<std::size_t>(row.integer(5)),
                 .dated_ns = row.integer(6),
                 .text = row.text(7)};
    if (!row.is_null(8)) found[id].page = row.integer(8);
  }
  return found;
}

}  // namespace yupu::products
