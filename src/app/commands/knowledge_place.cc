#include "app/commands/knowledge_place.h"

#include "commerce/tenants/tenants.h"
#include "products/service/knowledge/shelf.h"

namespace yupu::app {

KnowledgeFlags read_knowledge_flags(Arguments& arguments) {
  KnowledgeFlags flags;
  flags.where = read_workplace(arguments);
  flags.tenant = arguments.text("--tenant");
  flags.json = arguments.flag("--json");
  return flags;
}

Result<KnowledgePlace> open_knowledge_place(const KnowledgeFlags& flags, bool must_exist) {
  YUPU_ASSIGN_OR_RETURN(auto workplace, open_workplace(flags.where, must_exist));
  std::string tenant_id = products::kOwnShelf;
  if (!flags.tenant.empty()) {
    YUPU_ASSIGN_OR_RETURN(const auto tenant, commerce::find_tenant(*workplace.store, flags.tenant));
    tenant_id = tenant.id;
  }
  return KnowledgePlace{std::move(workplace), std::move(tenant_id)};
}

ModelFlags read_model_flags(Arguments& arguments) {
  ModelFlags flags;
  flags.embedder = arguments.text("--embedder");
  flags.reranker = arguments.text("--reranker");
  flags.words_weight = arguments.number("--words-weight", flags.words_weight, 0.0, 1000.0);
  flags.run = read_model_run(arguments);
  return flags;
}

Result<Search> open_search(KnowledgePlace& place, const ModelFlags& flags) {
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
                                                                    {.words_weight = flags.words_weight}));
  return search;
}

}  // namespace yupu::app
