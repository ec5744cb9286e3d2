// How well each stage finds the documents that answer questions: recall@1, 3, 5, 10, MRR@10 and nDCG@10
// (tasks/metrics/ranking.h) over documents, a document standing where its best passage stands.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "products/service/knowledge/retriever.h"
#include "tasks/metrics/ranking.h"

namespace yupu::products {

struct Question {
  std::string text;
  std::vector<std::string> sources;  // the documents that answer it: all count; to evaluate(): at least one
};

// kInvalidArgument: a source that the tenant does not have.
Status check_sources(Retriever& retriever, std::span<const Question> questions);

struct RetrievalEvaluation {
  std::vector<std::pair<Stage, tasks::RankingReport>> stages;  // those there are, in order
  std::int64_t document_count = 0;
  std::optional<OrderWeights> weights = {};  // of the fused orders, where there is one
  std::string to_text() const;
  OrderedJson to_json() const;
};

// Outcomes  those of check_sources and of Retriever::search.
Result<RetrievalEvaluation> evaluate(Retriever& retriever, std::span<const Question> questions);

}  // namespace yupu::products
