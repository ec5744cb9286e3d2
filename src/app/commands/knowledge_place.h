// What the verbs of `yupu knowledge` share: whose documents, and the models that find them. Only for knowledge*.cc.
#pragma once

#include <memory>
#include <string>

#include "app/arguments.h"
#include "app/commands/task_commands.h"
#include "app/tenant_place.h"
#include "base/status.h"
#include "engine/execution_context.h"
#include "products/service/knowledge/retriever.h"
#include "tasks/embed/embedder.h"
#include "tasks/pairs/pair_model.h"

namespace yupu::app {

// --embedder DIR, --reranker DIR, --words-weight X and --rerank-weight X.
struct ModelFlags {
  std::string embedder, reranker;
  products::RetrieverOptions search = {};
  ModelRun run;
};
ModelFlags read_model_flags(Arguments& arguments);

// The retriever and what it borrows.
struct Search {
  std::unique_ptr<tasks::Embedder> embedder;
  std::unique_ptr<tasks::PairModel> reranker;
  std::unique_ptr<engine::ExecutionContext> context;
  std::unique_ptr<products::Retriever> retriever;
};
Result<Search> open_search(TenantPlace& place, const ModelFlags& flags);

Status knowledge_fit(Arguments& arguments);    // knowledge_fit.cc
Status knowledge_weigh(Arguments& arguments);  // knowledge_order.cc
Status knowledge_pairs(Arguments& arguments);  // knowledge_order.cc

}  // namespace yupu::app
