// [knowledge] of the strategy file: documents the bot may quote, and when it does. Keys: docs/strategy.md.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "products/service/knowledge/evaluation.h"
#include "products/service/knowledge/knowledge_base.h"
#include "products/service/knowledge/passages.h"
#include "products/service/knowledge/threshold.h"
#include "store/store.h"
#include "tasks/embed/embedder.h"
#include "tasks/pairs/pair_model.h"

namespace yupu::strategy {

struct Strategy;

struct KnowledgePlan {
  std::vector<std::string> documents;  // files and patterns ("knowledge/*.md"), as written
  std::string embedder;                // a model directory; empty: words alone
  std::string reranker;                // a model directory of pairs; empty: none
  std::optional<double>
      words_weight;   // beside 1 of the vectors'; unset: as fitted (products/service/knowledge/order_fit.h)
  std::string weigh;  // questions to fit the orders' weights on; empty: as they are
  products::PassageOptions passages = {};
  std::optional<double> threshold;              // given; or
  std::optional<products::ThresholdWish> wish;  // fitted on the questions, or not at all
  std::string questions;                        // rows of a query and the document that answers it
  std::string query_column = "query", source_column = "source";
};

// One file of [knowledge] documents.
struct DocumentFile {
  std::string source;  // the document's name: the path relative to the strategy file's folder
  std::string path;
};
// The files that are there now, by source. Errors: kNotFound: a pattern that matches nothing, naming it;
// kInvalidArgument: a folder.
Result<std::vector<DocumentFile>> document_files(const Strategy& strategy);

// Rows with the same query are one question with several right documents; an empty cell names none.
// Errors: those of data::read_columns.
Result<std::vector<products::Question>> read_questions(const std::string& path, const std::string& query_column,
                                                       const std::string& source_column);

// Those of the plan; null where it names none. Errors: the models', and kInvalidArgument: a reranker that orders
// nothing.
struct KnowledgeModels {
  std::unique_ptr<tasks::Embedder> embedder;
  std::unique_ptr<tasks::PairModel> reranker;
};
Result<KnowledgeModels> load_models(const Strategy& strategy);

// What the strategy's bot quotes from; null where the strategy has no [knowledge]. Errors: the models'.
Result<std::unique_ptr<products::KnowledgeBase>> open_knowledge(const Strategy& strategy, store::Store& store);

}  // namespace yupu::strategy
