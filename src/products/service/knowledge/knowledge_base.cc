#include "products/service/knowledge/knowledge_base.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "products/service/knowledge/shelf.h"
#include "products/service/knowledge/threshold.h"

namespace yupu::products {
namespace {

using OfDocument = std::vector<Quote>;

double best_score(const OfDocument& quotes) {
  double best = 0.0;
  for (const Quote& one : quotes) best = std::max(best, one.score);
  return best;
}

// Neighbours of one source together.
std::vector<OfDocument> by_document(std::vector<Quote> quotes) {
  std::vector<OfDocument> documents;
  for (Quote& one : quotes) {
    if (documents.empty() || documents.back().front().source != one.source) documents.emplace_back();
    documents.back().push_back(std::move(one));
  }
  return documents;
}

}  // namespace

Found merge_found(Found first, Found second, const QuoteOptions& options) {
  Found out = second.score > first.score ? Found{.score = second.score, .threshold = second.threshold}
                                         : Found{.score = first.score, .threshold = first.threshold};
  std::vector<OfDocument> documents = by_document(std::move(first.quotes));
  for (OfDocument& other : by_document(std::move(second.quotes))) documents.push_back(std::move(other));
  std::stable_sort(documents.begin(), documents.end(),
                   [](const OfDocument& a, const OfDocument& b) { return best_score(a) > best_score(b); });
  const double least = documents.empty() ? 0.0 : options.of_best * best_score(documents.front());
  if (documents.size() > options.documents_max) documents.resize(options.documents_max);
  for (OfDocument& document : documents) {
    for (Quote& one : document) {
      if (one.score >= least) out.quotes.push_back(std::move(one));
    }
  }
  return out;
}

KnowledgeBase::KnowledgeBase(store::Store& store, std::unique_ptr<tasks::Embedder> embedder, KnowledgeOptions options,
                             std::unique_ptr<tasks::PairModel> reranker)
    : store_(store), embedder_(std::move(embedder)), reranker_(std::move(reranker)), options_(std::move(options)) {
  if (embedder_ != nullptr || reranker_ != nullptr)
    context_ = std::make_unique<engine::ExecutionContext>(options_.threads);
}

Result<Found> KnowledgeBase::ask(Retriever& retriever, std::string_view query) {
  QuoteOptions quotes = options_.quotes;
  if (options_.threshold) {
    quotes.threshold = *options_.threshold;
  } else {
    YUPU_ASSIGN_OR_RETURN(const auto fitted, fitted_threshold(store_, retriever.tenant_id(), retriever.embedder_id()));
    quotes.threshold = fitted.value_or(quotes.threshold);
  }
  return find_answer(retriever, query, quotes);
}

Result<Found> KnowledgeBase::find_on_shelf(const std::string& shelf, std::string_view query) {
  YUPU_ASSIGN_OR_RETURN(const bool has, has_documents(store_, shelf));
  if (!has) return Found{.threshold = options_.threshold.value_or(options_.quotes.threshold)};
  RetrieverOptions options = options_.retriever;
  if (shelf != kOwnShelf) options.weights_of = kOwnShelf;
  if (embedder_ == nullptr && reranker_ == nullptr) {
    YUPU_ASSIGN_OR_RETURN(const auto retriever, Retriever::open(store_, shelf, {}, options));
    return ask(*retriever, query);
  }
  MutexLock lock(mutex_);
  std::unique_ptr<Retriever>& kept = retrievers_[shelf];
  if (kept == nullptr) {
    const Models models{.embedder = embedder_.get(), .reranker = reranker_.get(), .context = context_.get()};
    YUPU_ASSIGN_OR_RETURN(kept, Retriever::open(store_, shelf, models, options));
  }
  return ask(*kept, query);
}

Result<Found> KnowledgeBase::find(const std::string& tenant_id, std::string_view query) {
  YUPU_ASSIGN_OR_RETURN(Found own, find_on_shelf(kOwnShelf, query));
  if (tenant_id.empty()) return own;
  std::vector<Quote> shown;
  for (Quote& one : own.quotes) {
    YUPU_ASSIGN_OR_RETURN(const bool stands_in, has_document(store_, tenant_id, one.source));
    if (!stands_in) shown.push_back(std::move(one));
  }
  own.quotes = std::move(shown);
  YUPU_ASSIGN_OR_RETURN(Found tenants, find_on_shelf(tenant_id, query));
  return merge_found(std::move(tenants), std::move(own), options_.quotes);
}

}  // namespace yupu::products
