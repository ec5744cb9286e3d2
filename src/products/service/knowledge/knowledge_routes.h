// /v1/console/knowledge: the documents a bot may quote, for the people who run the shop.
//   GET  /v1/console/knowledge                  {"quotes": bool, "documents": [{"source", "title", "format", "version",
//                                               "passages", "text_bytes", "dated", "added", "sha256", "lang": "zh" |
//                                               "en", "shared": bool}]}: the tenant's own, then the working folder's
//   GET  /v1/console/knowledge/search?q=        {"query", "score", "threshold", "quotes": [Quote]}: what the bot would
//                                               quote to this
//   POST /v1/console/knowledge                  {"source", "content", "encoding": "text" | "base64"} -> {"outcome",
//                                               "version", "passages"}: a manager's right
//   POST /v1/console/knowledge/remove           {"source"} -> {"source"}: a manager's right
// `quotes`: whether the bot quotes documents at all; where it does not, nothing is added either (409).
// `shared`: of the working folder, for all tenants; only `yupu knowledge` and the strategy file change it, but a
// document of the tenant's own with its name stands in for it.
// Errors  problem documents: 401, 403, 400 naming the document's fault, 404, 409, 413.
// Threads  handlers run on many request threads.
#pragma once

#include <functional>
#include <string>

#include "base/clock.h"
#include "http/router.h"
#include "products/service/agents/agent_store.h"
#include "products/service/knowledge/knowledge_base.h"
#include "products/service/knowledge/passages.h"
#include "store/store.h"

namespace yupu::products {

struct KnowledgeRouteOptions {
  KnowledgeBase* base = nullptr;  // the bot's; null: it quotes nothing. Outlives the router
  PassageOptions passages = {};
};

// `store` and `clock` outlive the router.
void add_knowledge_routes(http::Router& router, store::Store& store, const Clock& clock,
                          const KnowledgeRouteOptions& options);

}  // namespace yupu::products
