// What a bot may quote: the working folder's own documents and those of the tenant who asks, one shelf each.
//
//   Both shelves are searched.  A document of the tenant's own stands in for one of the working folder's with the same
//   name.  Quotes of both are one answer by the rules of quotes.h: best documents first, within `of_best` of the best.
//   Each shelf has its threshold: the one given, else the one fitted on it (threshold.h), else QuoteOptions' own.
// A tenant's shelf on which no weights were fitted (order_fit.h) takes those of the working folder's.
// Without models nothing is kept in memory, and any number of questions are searched at once.  With an embedder vectors
// are (retriever.h), and questions that a model reads come one after the other.
// Threads: any number of them.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/mutex.h"
#include "base/status.h"
#include "engine/execution_context.h"
#include "products/service/knowledge/quotes.h"
#include "products/service/knowledge/retriever.h"
#include "store/store.h"
#include "tasks/embed/embedder.h"
#include "tasks/pairs/pair_model.h"

namespace yupu::products {

struct KnowledgeOptions {
  std::optional<double> threshold = {};  // instead of the fitted ones
  RetrieverOptions retriever = {};
  QuoteOptions quotes = {};
  int threads = 1;  // of the models
};

class KnowledgeBase {
 public:
  // `embedder` may be null: words alone; so may `reranker`.  REQUIRES: the store outlives it; a reranker that ranks.
  KnowledgeBase(store::Store& store, std::unique_ptr<tasks::Embedder> embedder, KnowledgeOptions options,
                std::unique_ptr<tasks::PairModel> reranker = nullptr);

  // An empty tenant_id: the working folder's own documents alone.  Outcomes  those of Retriever::search.
  Result<Found> find(const std::string& tenant_id, std::string_view query);

 private:
  Result<Found> find_on_shelf(const std::string& shelf, std::string_view query);
  Result<Found> ask(Retriever& retriever, std::string_view query);

  store::Store& store_;
  const std::unique_ptr<tasks::Embedder> embedder_;
  const std::unique_ptr<tasks::PairModel> reranker_;
  const KnowledgeOptions options_;
  Mutex mutex_;
  std::unique_ptr<engine::ExecutionContext> context_ YUPU_GUARDED_BY(mutex_);
  std::map<std::string, std::unique_ptr<Retriever>> retrievers_ YUPU_GUARDED_BY(mutex_);  // of shelves, with models
};

// Quotes of two shelves as one answer; of equal documents the first's come first.
Found merge_found(Found first, Found second, const QuoteOptions& options);

}  // namespace yupu::products
