#include "app/commands/knowledge_place.h"

namespace yupu::app {

ModelFlags read_model_flags(Arguments& arguments) {
  ModelFlags flags;
  flags.embedder = arguments.text("--embedder");
  flags.reranker = arguments.text("--reranker");
  constexpr double kNotGiven = -1.0;
  const double words = arguments.number("--words-weight", kNotGiven, 0.0, 1000.0);
  if (words != kNotGiven) flags.search.words_weight = words;
  const double rerank = arguments.number("--rerank-weight", kNotGiven, 0.0, 1.0);
  if (rerank != kNotGiven) flags.search.rerank_weight = rerank;
  flags.run = read_model_run(arguments);
  return flags;
}

Result<Search> open_search(TenantPlace& place, const ModelFlags& flags) {
  Search search;
  if (!flags.embedder.empty()) {
    YUPU_ASSIGN_OR_RETURN(search.embedder, tasks::Embedder::load(flags.embedder, model::Placement::kMapped));
  }
  if (!flags.reranker.empty()) {
    YUPU_ASSIGN_OR_RETURN(search.reranker,
                          tasks::PairModel::load(flags.reranker, {.placement = model::Placement::kMapped}));
  }
  if (search.embedder != nullptr || search.reranker != nullptr)
    search.context.reset(new engine::ExecutionContext(open_context(flags.run)));
  YUPU_ASSIGN_OR_RETURN(search.retriever, products::Retriever::open(*place.workplace.store, place.tenant_id,
                                                                    {.embedder = search.embedder.get(),
                                                                     .reranker = search.reranker.get(),
                                                                     .context = search.context.get()},
                                                                    flags.search));
  return search;
}

}  // namespace yupu::app
