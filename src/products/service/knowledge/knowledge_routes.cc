#include "products/service/knowledge/knowledge_routes.h"

#include <map>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "base/base64.h"
#include "base/log.h"
#include "handoff/people.h"
#include "products/service/agents/agent_routes.h"
#include "products/service/bot.h"
#include "products/service/knowledge/library.h"
#include "products/service/knowledge/shelf.h"
#include "serving/body_fields.h"

namespace yupu::products {
namespace {

using handoff::Person;

constexpr std::size_t kQueryBytesMax = 8 << 10;
constexpr std::size_t kContentBytesMax = 1 << 20;  // as the body's
constexpr std::size_t kSourceBytesMax = 1024;

constexpr std::string_view kListResponse = R"({
  "type": "object", "required": ["quotes", "documents"],
  "properties": {
    "quotes": {"type": "boolean", "description": "whether the bot quotes documents at all"},
    "documents": {"type": "array", "items": {"type": "object", "properties": {
      "source": {"type": "string"}, "title": {"type": "string"}, "format": {"type": "string"},
      "version": {"type": "integer"}, "passages": {"type": "integer"}, "text_bytes": {"type": "integer"},
      "dated": {"type": "string"}, "added": {"type": "string"}, "lang": {"enum": ["zh", "en"]},
      "shared": {"type": "boolean", "description": "of the working folder, for all tenants"}}}}
  }
})";
constexpr std::string_view kSearchQuery = R"({
  "type": "object", "required": ["q"], "properties": {"q": {"type": "string"}}
})";
constexpr std::string_view kSearchResponse = R"({
  "type": "object", "required": ["query", "score", "threshold", "quotes"],
  "properties": {"query": {"type": "string"}, "score": {"type": "number"}, "threshold": {"type": "number"},
    "quotes": {"type": "array", "items": {"type": "object"}}}
})";
constexpr std::string_view kAddRequest = R"({
  "type": "object", "additionalProperties": false, "required": ["source", "content"],
  "properties": {
    "source": {"type": "string", "description": "the document's name, by its ending what is in it: terms.md"},
    "content": {"type": "string"},
    "encoding": {"enum": ["text", "base64"], "description": "of content; text where it is absent"}
  }
})";
constexpr std::string_view kAddResponse = R"({
  "type": "object", "required": ["outcome", "version", "passages"],
  "properties": {"outcome": {"enum": ["new", "replaced", "unchanged"]}, "version": {"type": "integer"},
                 "passages": {"type": "integer"}}
})";
constexpr std::string_view kRemoveSchema = R"({
  "type": "object", "additionalProperties": false, "required": ["source"], "properties": {"source": {"type": "string"}}
})";

// What the handlers share; lives as long as the router.
struct Shared {
  store::Store& store;
  const Clock& clock;
  const KnowledgeRouteOptions options;
};

// How each document begins: enough to tell its language by.
Result<std::map<std::string, std::string>> beginnings(store::Store& store, const std::string& shelf) {
  std::map<std::string, std::string> texts;
  YUPU_RETURN_IF_ERROR(store.read([&](store::Transaction& transaction) -> Status {
    YUPU_ASSIGN_OR_RETURN(
        const auto rows, transaction.query("SELECT d.source, p.text FROM knowledge_document d JOIN knowledge_passage p "
                                           "ON p.document_id = d.id WHERE d.tenant_id = ? AND d.removed_ns IS NULL AND "
                                           "p.id = (SELECT MIN(q.id) FROM knowledge_passage q WHERE q.document_id = "
                                           "d.id)",
                                           {shelf}));
    for (const store::Row& row : rows) texts[row.text(0)] = row.text(1);
    return ok_status();
  }));
  return texts;
}

Status add_shelf(Shared& shared, const std::string& shelf, bool is_shared, Json& rows) {
  YUPU_ASSIGN_OR_RETURN(const auto documents, list_documents(shared.store, shelf));
  YUPU_ASSIGN_OR_RETURN(auto texts, beginnings(shared.store, shelf));
  for (const DocumentRow& document : documents) {
    Json row = Json(document.to_json());
    row["lang"] = language_of(document.title + " " + texts[document.source], "en");
    row["shared"] = is_shared;
    rows.push_back(std::move(row));
  }
  return ok_status();
}

Result<Json> list(Shared& shared, const http::Request&, const Person& person) {
  Json json = {{"quotes", shared.options.base != nullptr}, {"documents", Json::array()}};
  YUPU_RETURN_IF_ERROR(add_shelf(shared, person.tenant_id, false, json["documents"]));
  YUPU_RETURN_IF_ERROR(add_shelf(shared, kOwnShelf, true, json["documents"]));
  return json;
}

Result<KnowledgeBase*> base_of(const Shared& shared) {
  if (shared.options.base != nullptr) return shared.options.base;
  return conflict("the bot quotes no documents: its strategy file has no [knowledge]");
}

Result<Json> search(Shared& shared, const http::Request& request, const Person& person) {
  YUPU_ASSIGN_OR_RETURN(KnowledgeBase* const base, base_of(shared));
  const auto query = request.query.find("q");
  if (query == request.query.end() || query->second.empty()) return invalid_argument("q is missing", "q");
  if (query->second.size() > kQueryBytesMax)
    return Status(Code::kTooLarge, fmt::format("q is longer than {} bytes", kQueryBytesMax), "q");
  YUPU_ASSIGN_OR_RETURN(const Found found, base->find(person.tenant_id, query->second));
  Json quotes = Json::array();
  for (const Quote& quote : found.quotes) quotes.push_back(Json(quote.to_json()));
  return Json{
      {"query", query->second}, {"score", found.score}, {"threshold", found.threshold}, {"quotes", std::move(quotes)}};
}

Result<Json> add(Shared& shared, const http::Request& request, const Person& person) {
  YUPU_RETURN_IF_ERROR(base_of(shared).status());
  YUPU_ASSIGN_OR_RETURN(const Json body, serving::parse_object(request.body, {"source", "content", "encoding"}));
  YUPU_ASSIGN_OR_RETURN(const std::string source, serving::required_string(body, "source", kSourceBytesMax));
  YUPU_ASSIGN_OR_RETURN(std::string content, serving::required_string(body, "content", kContentBytesMax));
  YUPU_ASSIGN_OR_RETURN(const std::string encoding, serving::optional_string(body, "encoding", kSourceBytesMax));
  if (encoding == "base64") {
    auto bytes = bytes_of_base64(content);
    if (!bytes.ok()) return invalid_argument("content is no base64", "content");
    content = std::move(bytes).value();
  } else if (!encoding.empty() && encoding != "text") {
    return invalid_argument("encoding is neither 'text' nor 'base64'", "encoding");
  }
  YUPU_ASSIGN_OR_RETURN(NewDocument document,
                        read_new_document(source, content, shared.clock.now_ns(), shared.options.passages));
  YUPU_ASSIGN_OR_RETURN(const Added added, add_document(shared.store, shared.clock, person.tenant_id, document));
  log::info("document_added", {{"source", source}, {"version", added.version}, {"by", person.name}});
  return Json{{"outcome", outcome_name(added.outcome)}, {"version", added.version}, {"passages", added.passage_count}};
}

Result<Json> remove(Shared& shared, const http::Request& request, const Person& person) {
  YUPU_ASSIGN_OR_RETURN(const Json body, serving::parse_object(request.body, {"source"}));
  YUPU_ASSIGN_OR_RETURN(const std::string source, serving::required_string(body, "source", kSourceBytesMax));
  const Status removed = remove_document(shared.store, shared.clock, person.tenant_id, source);
  if (removed.code() == Code::kNotFound) {
    YUPU_ASSIGN_OR_RETURN(const bool is_shared, has_document(shared.store, kOwnShelf, source));
    if (is_shared)
      return conflict(
          fmt::format("'{}' is the working folder's, for all tenants: take it out of [knowledge] in the "
                      "strategy file, or `yupu knowledge remove` it",
                      source));
  }
  YUPU_RETURN_IF_ERROR(removed);
  log::info("document_removed", {{"source", source}, {"by", person.name}});
  return Json{{"source", source}};
}

constexpr handoff::PersonRoute<Shared> kRoutes[] = {
    {{.method = "GET",
      .pattern = "/v1/console/knowledge",
      .scope = "agent",
      .summary = "the documents the bot may quote",
      .response_schema = kListResponse},
     &list},
    {{.method = "GET",
      .pattern = "/v1/console/knowledge/search",
      .scope = "agent",
      .summary = "what the bot would quote to a question",
      .query_schema = kSearchQuery,
      .response_schema = kSearchResponse},
     &search},
    {{.method = "POST",
      .pattern = "/v1/console/knowledge",
      .scope = "agent",
      .summary = "adds a document, or its next version; for managers",
      .request_schema = kAddRequest,
      .response_schema = kAddResponse},
     &add,
     true},
    {{.method = "POST",
      .pattern = "/v1/console/knowledge/remove",
      .scope = "agent",
      .summary = "removes a document, with all that was found by it; for managers",
      .request_schema = kRemoveSchema,
      .response_schema = kRemoveSchema},
     &remove,
     true},
};

}  // namespace

void add_knowledge_routes(http::Router& router, store::Store& store, const Clock& clock,
                          const KnowledgeRouteOptions& options) {
  const std::shared_ptr<Shared> shared(new Shared{store, clock, options});
  handoff::add_routes(router, kRoutes, shared, agent_door(store));
}

}  // namespace yupu::products
