// The documents of a tenant and their passages, in the store.
//
// Idempotency  a source that has the same bytes (SHA-256) is left as it is.  Another text is the next version: the old
//              passages, their words and vectors go and the new ones come in one transaction, so no search sees both or
//              neither.  A removed source that comes back goes on counting versions.
// Retention    what is removed or replaced is deleted at once: text, passages, words, vectors.  A removed source keeps
// its
//              name and version number.
// Tenants      the tenant is in every query; words are counted by tenant (store/text_index.h).
// Outcomes     those of the store.        Threads  any.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/status.h"
#include "products/service/knowledge/document.h"
#include "products/service/knowledge/passages.h"
#include "store/store.h"

namespace yupu::products {

// A file as it is to be added.
struct NewDocument {
  std::string source;  // where it is from, by which it is replaced and removed: a path, an address
  std::string format;
  std::string sha256;  // of the file
  std::int64_t dated_ns = 0;
  Document document;
  std::vector<Passage> passages;
  std::string origin = {};  // who adds it and removes it again: "strategy/shop"; empty: a person
};
// Reads and cuts; the source is the file's name. `dated_ns`: of a document that does not say itself.  Errors: those of
// read_document and of check_source.
Result<NewDocument> read_new_document(const std::string& file, std::string_view bytes, std::int64_t dated_ns,
                                      const PassageOptions& options = {});
// Errors: kInvalidArgument: a name that is empty, longer than 1024 bytes or no UTF-8.
Status check_source(std::string_view source);

struct Added {
  enum class Outcome : std::uint8_t { kUnchanged, kNew, kReplaced };
  Outcome outcome = Outcome::kUnchanged;
  std::int64_t version = 0;
  std::int64_t passage_count = 0;
};
std::string_view outcome_name(Added::Outcome outcome);  // "unchanged", "new", "replaced"

struct DocumentRow {
  std::string source, format, title, sha256;
  std::int64_t version = 0;
  std::int64_t passage_count = 0;
  std::int64_t text_bytes = 0;
  std::int64_t dated_ns = 0, added_ns = 0;
  OrderedJson to_json() const;
};

// A passage with what a citation needs.
struct FoundPassage {
  std::int64_t id = 0;
  std::string source, title;
  std::vector<std::string> headings;
  std::int64_t version = 0;
  std::size_t begin = 0, end = 0;  // bytes of that version's text
  std::int64_t dated_ns = 0;
  std::string text;
  std::optional<std::int64_t> page = {};  // from 1; of a format that has pages
};

// What is searched of a passage: its title, its headings and its text, a line each.
std::string searchable_text(std::string_view title, std::span<const std::string> headings, std::string_view text);

// The name of a tenant's word index (store/text_index.h).
std::string word_index(std::string_view tenant_id);

Result<Added> add_document(store::Store& store, const Clock& clock, const std::string& tenant_id,
                           const NewDocument& document);
// Errors: kNotFound.
Status remove_document(store::Store& store, const Clock& clock, const std::string& tenant_id,
                       const std::string& source);
Result<std::vector<DocumentRow>> list_documents(store::Store& store, const std::string& tenant_id);
// The plain text that passages of the present version count the bytes of.  Errors: kNotFound.
Result<std::string> document_text(store::Store& store, const std::string& tenant_id, const std::string& source);
// Those of `ids` that are there and the tenant's.
Result<std::map<std::int64_t, FoundPassage>> find_passages(store::Transaction& transaction,
                                                           const std::string& tenant_id,
                                                           std::span<const std::int64_t> ids);

}  // namespace yupu::products
