#include "products/service/knowledge/evaluation.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

namespace yupu::products {
namespace {

// Documents in the order of their best passages.
std::vector<std::string> documents_of(const std::vector<Hit>& hits) {
  std::vector<std::string> documents;
  for (const Hit& hit : hits) {
    if (std::find(documents.begin(), documents.end(), hit.passage.source) == documents.end())
      documents.push_back(hit.passage.source);
  }
  return documents;
}

// What was not found stands behind the depth that figures look at, however little was found.
std::vector<tasks::Candidate> candidates_of(const std::vector<std::string>& documents, const Question& question) {
  const std::set<std::string> right(question.sources.begin(), question.sources.end());
  std::vector<tasks::Candidate> candidates;
  std::size_t found = 0;
  const auto add = [&](bool is_right) {
    const double score = -static_cast<double>(candidates.size());
    candidates.push_back({.score = score, .gain = is_right ? 1.0 : 0.0, .relevant = is_right});
  };
  for (const std::string& document : documents) {
    add(right.contains(document));
    found += right.contains(document) ? 1 : 0;
  }
  while (candidates.size() < static_cast<std::size_t>(tasks::kRankingDepth)) add(false);
  for (; found < right.size(); ++found) add(true);
  return candidates;
}

bool find_stage(std::span<const std::pair<Stage, tasks::RankingReport>> stages, Stage wanted) {
  return std::any_of(stages.begin(), stages.end(), [&](const auto& one) { return one.first == wanted; });
}

}  // namespace

Status check_sources(Retriever& retriever, std::span<const Question> questions) {
  YUPU_ASSIGN_OR_RETURN(const auto documents, list_documents(retriever.store(), retriever.tenant_id()));
  std::set<std::string> sources;
  for (const DocumentRow& document : documents) sources.insert(document.source);
  for (const Question& question : questions) {
    for (const std::string& source : question.sources) {
      if (!sources.contains(source))
        return invalid_argument(
            fmt::format("'{}' is to be answered by '{}', and there is no such document", question.text, source),
            "source");
    }
  }
  return ok_status();
}

Result<RetrievalEvaluation> evaluate(Retriever& retriever, std::span<const Question> questions) {
  YUPU_RETURN_IF_ERROR(check_sources(retriever, questions));
  YUPU_ASSIGN_OR_RETURN(const auto documents, list_documents(retriever.store(), retriever.tenant_id()));
  std::array<std::vector<std::vector<tasks::Candidate>>, kStages.size()> ranked;
  for (const Question& question : questions) {
    YUPU_ASSIGN_OR_RETURN(const auto orders, retriever.orders(question.text));
    for (std::size_t stage = 0; stage < kStages.size(); ++stage) {
      if (!orders[stage]) continue;
      YUPU_ASSIGN_OR_RETURN(const auto hits, retriever.find(*orders[stage]));
      ranked[stage].push_back(candidates_of(documents_of(hits), question));
    }
  }
  RetrievalEvaluation out;
  out.document_count = static_cast<std::int64_t>(documents.size());
  if (retriever.has(Stage::kHybrid) || retriever.has(Stage::kReranked)) {
    YUPU_ASSIGN_OR_RETURN(out.weights, retriever.weights());
  }
  for (std::size_t stage = 0; stage < kStages.size(); ++stage) {
    if (!ranked[stage].empty()) out.stages.emplace_back(kStages[stage], tasks::ranking_report(ranked[stage]));
  }
  return out;
}

std::string RetrievalEvaluation::to_text() const {
  std::string text;
  for (const auto& [stage, report] : stages) {
    if (text.empty()) text = fmt::format("{} questions, {} documents", report.query_count, document_count);
    text += fmt::format("\n  {:<9} MRR@{} {:.4f}", stage_name(stage), tasks::kRankingDepth, report.mrr);
    for (const auto& [depth, recall] : report.recall) text += fmt::format("   recall@{} {:.4f}", depth, recall);
    text += fmt::format("   nDCG@{} {:.4f}", tasks::kRankingDepth, report.ndcg);
  }
  if (!weights) return text;
  const auto fitted = [](bool is_fitted) { return is_fitted ? ", fitted" : ""; };
  if (find_stage(stages, Stage::kHybrid))
    text +=
        fmt::format("\n  hybrid: words weigh {} beside 1 of vectors{}", weights->words, fitted(weights->words_fitted));
  if (find_stage(stages, Stage::kReranked)) {
    text += fmt::format("\n  reranked: the reranker weighs {} of 1{}{}", weights->rerank,
                        fitted(weights->rerank_fitted), weights->rerank == 0.0 ? ": it is not asked" : "");
  }
  return text;
}

OrderedJson RetrievalEvaluation::to_json() const {
  OrderedJson json = {{"documents", document_count}};
  for (const auto& [stage, report] : stages) {
    OrderedJson figures = report.to_json();
    figures.erase("candidates_mean");  // how many were padded says nothing
    json[std::string(stage_name(stage))] = std::move(figures);
  }
  if (weights) json["weights"] = weights->to_json();
  return json;
}

}  // namespace yupu::products
