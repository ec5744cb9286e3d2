#include "strategy/knowledge_stage.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/file.h"
#include "base/hash.h"
#include "engine/execution_context.h"
#include "products/service/knowledge/document_file.h"
#include "products/service/knowledge/order_fit.h"
#include "products/service/knowledge/retriever.h"
#include "products/service/knowledge/shelf.h"
#include "strategy/knowledge_plan.h"

namespace yupu::strategy {
namespace {

using products::Added;

std::string origin_of(const Strategy& strategy) { return "strategy/" + strategy.name; }

Result<Json> knowledge_input(const LoopContext& context) {
  const Strategy& strategy = context.strategy;
  const KnowledgePlan& plan = *strategy.knowledge;
  YUPU_ASSIGN_OR_RETURN(const auto files, document_files(strategy));
  Json documents = Json::object();
  for (const DocumentFile& file : files) {
    YUPU_ASSIGN_OR_RETURN(documents[file.source], file_sha256(file.path));
  }
  Json input{{"documents", std::move(documents)}, {"passage_length", plan.passages.length_max}};
  for (const auto& [key, folder] : {std::pair("embedder", &plan.embedder), std::pair("reranker", &plan.reranker)}) {
    if (folder->empty()) continue;
    YUPU_ASSIGN_OR_RETURN(input[key], file_sha256(strategy.resolve(*folder) + "/model.safetensors"));
  }
  if (!plan.weigh.empty()) {
    YUPU_ASSIGN_OR_RETURN(const std::string questions, file_sha256(strategy.resolve(plan.weigh)));
    input["weigh"] = {{"questions", questions}, {"columns", {plan.query_column, plan.source_column}}};
  }
  if (plan.wish) {
    YUPU_ASSIGN_OR_RETURN(const std::string questions, file_sha256(strategy.resolve(plan.questions)));
    input["threshold"] = {{"target", plan.wish->target},
                          {"confidence", plan.wish->confidence ? Json(*plan.wish->confidence) : Json()},
                          {"questions", questions},
                          {"columns", {plan.query_column, plan.source_column}},
                          {"words_weight", plan.words_weight.value_or(1.0)}};
  }
  return input;
}

// Adds what is there, removes what is not there any more; how many of each.
Result<Json> bring_up_to_date(LoopContext& context) {
  const Strategy& strategy = context.strategy;
  YUPU_ASSIGN_OR_RETURN(const auto files, document_files(strategy));
  // All are read before one is added: a file that cannot be read leaves everything as it was.
  std::vector<products::NewDocument> documents;
  for (const DocumentFile& file : files) {
    YUPU_ASSIGN_OR_RETURN(auto document,
                          products::read_document_file(file.path, file.source, strategy.knowledge->passages));
    document.origin = origin_of(strategy);
    documents.push_back(std::move(document));
  }
  std::map<std::string, std::int64_t, std::less<>> counts = {
      {"new", 0}, {"replaced", 0}, {"unchanged", 0}, {"removed", 0}};
  std::int64_t passage_count = 0;
  std::set<std::string> there;
  for (const products::NewDocument& document : documents) {
    YUPU_ASSIGN_OR_RETURN(const Added added,
                          products::add_document(context.store, context.clock, products::kOwnShelf, document));
    ++counts[std::string(products::outcome_name(added.outcome))];
    passage_count += added.passage_count;
    there.insert(document.source);
  }
  YUPU_ASSIGN_OR_RETURN(const auto before,
                        products::sources_of_origin(context.store, products::kOwnShelf, origin_of(strategy)));
  for (const std::string& source : before) {
    if (there.contains(source)) continue;
    YUPU_RETURN_IF_ERROR(products::remove_document(context.store, context.clock, products::kOwnShelf, source));
    ++counts["removed"];
  }
  Json output(counts);
  output["documents"] = documents.size();
  output["passages"] = passage_count;
  return output;
}

// Fits what words and the reranker count, before the threshold: it is of answers that these orders find.
Result<Json> weigh(LoopContext& context, products::Retriever& retriever) {
  const Strategy& strategy = context.strategy;
  const KnowledgePlan& plan = *strategy.knowledge;
  const std::string path = strategy.resolve(plan.weigh);
  YUPU_ASSIGN_OR_RETURN(const auto questions, read_questions(path, plan.query_column, plan.source_column));
  for (const products::Question& question : questions) {
    if (question.sources.empty())
      return invalid_argument(fmt::format("{}: '{}' names no document", path, question.text), "knowledge.weigh");
  }
  const auto fit = products::fit_order(retriever, questions);
  if (!fit.ok()) return fit.status().with_context(path);
  YUPU_RETURN_IF_ERROR(products::keep_order(context.clock, retriever, *fit));
  return Json(fit->to_json());
}

Result<Json> run_knowledge(LoopContext& context) {
  const Strategy& strategy = context.strategy;
  const KnowledgePlan& plan = *strategy.knowledge;
  YUPU_ASSIGN_OR_RETURN(Json output, bring_up_to_date(context));
  YUPU_ASSIGN_OR_RETURN(const KnowledgeModels models, load_models(strategy));
  std::unique_ptr<engine::ExecutionContext> engine;
  if (models.embedder != nullptr || models.reranker != nullptr)
    engine = std::make_unique<engine::ExecutionContext>(context.threads);
  YUPU_ASSIGN_OR_RETURN(const auto retriever, products::Retriever::open(context.store, products::kOwnShelf,
                                                                        {.embedder = models.embedder.get(),
                                                                         .reranker = models.reranker.get(),
                                                                         .context = engine.get()},
                                                                        {.words_weight = plan.words_weight}));
  YUPU_ASSIGN_OR_RETURN(output["embedded"], retriever->refresh());
  if (!plan.weigh.empty()) {
    YUPU_ASSIGN_OR_RETURN(output["weights"], weigh(context, *retriever));
  }
  if (!plan.wish) return output;
  const std::string path = strategy.resolve(plan.questions);
  YUPU_ASSIGN_OR_RETURN(const auto questions, read_questions(path, plan.query_column, plan.source_column));
  const auto fit = products::fit_threshold(*retriever, questions, *plan.wish);
  if (!fit.ok()) return fit.status().with_context(path);
  if (!fit->reached) return conflict(fmt::format("knowledge.target: {}", fit->to_text()));
  YUPU_RETURN_IF_ERROR(products::keep_threshold(context.store, context.clock, *retriever, *fit));
  output["threshold"] = Json(fit->to_json());
  return output;
}

std::string describe(const Json& output) {
  std::string text = fmt::format("{} documents, {} passages ({} new, {} replaced, {} removed)",
                                 output["documents"].get<int>(), output["passages"].get<int>(),
                                 output["new"].get<int>(), output["replaced"].get<int>(), output["removed"].get<int>());
  if (output["embedded"].get<int>() > 0) text += fmt::format(", {} embedded", output["embedded"].get<int>());
  for (const auto& [key, name] : {std::pair("words", "words weigh"), std::pair("rerank", "the reranker weighs")}) {
    if (!output.contains("weights") || output["weights"][key].is_null()) continue;
    text += fmt::format(", {} {} (MRR@10 {:.3f})", name, output["weights"][key]["weight"].get<double>(),
                        output["weights"][key]["mrr@10"].get<double>());
  }
  if (output.contains("threshold")) {
    const Json& fit = output["threshold"];
    text += fmt::format(", answered from {:.3f} on: {} of {} questions, {} wrongly", fit["threshold"].get<double>(),
                        fit["answered"].get<int>(), fit["questions"].get<int>(), fit["wrong"].get<int>());
  }
  return text;
}

}  // namespace

Stage knowledge_stage(LoopContext& context) {
  return {.name = "knowledge",
          .summary = "documents in, cut into passages, found and quoted",
          .input = [&context](const Outputs&) { return knowledge_input(context); },
          .run = [&context](const Outputs&) { return run_knowledge(context); },
          .describe = describe};
}

}  // namespace yupu::strategy
