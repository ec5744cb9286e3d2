// An embedder on rows, by their kind:
//   pairs    every different first text looks for its second texts among all different second texts of the file, by
//            cosine: MRR@10, recall@k (metrics/ranking.h)
//   scores   Spearman (and Pearson) of cosine against the score; 0 when all cosines are the same
//   labels   every text's nearest other text of the file: the share that has the same label, over those texts whose
//            label another text has
// Threads  one owner of the context.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "engine/execution_context.h"
#include "tasks/embed/embedder.h"
#include "tasks/embed/text_set.h"
#include "tasks/metrics/ranking.h"

namespace yupu::tasks {

struct EmbedEvaluation {
  TextSetKind kind = TextSetKind::kPairs;
  std::int64_t row_count = 0;
  RankingReport retrieval;            // pairs
  std::optional<RankingReport> bm25;  // the same by the words that texts share, when asked for
  double spearman = 0.0;              // scores
  double pearson = 0.0;               // scores
  double nearest_1 = 0.0;             // labels
  std::int64_t judged_count = 0;      // labels: texts whose label another one has
  std::int64_t cut_texts = 0;         // different texts longer than the model reads
  std::string rows_sha256;

  // What the best epoch is chosen by: mrr@10, spearman, nearest@1.
  double figure() const;
  std::string to_text() const;
  OrderedJson to_json() const;
};
std::string_view figure_name(TextSetKind kind);

// The different texts of a set, encoded once: kept between epochs.
class EncodedSet {
 public:
  // The set must outlive it.
  EncodedSet(const Embedder& embedder, const TextSet& set);
  const TextSet& set() const { return *set_; }
  std::span<const text::Encoding> texts() const { return texts_; }
  std::span<const std::size_t> first() const { return first_; }    // of each row: index of its text
  std::span<const std::size_t> second() const { return second_; }  // of each row: index of its second text
  std::int64_t cut_texts() const;

 private:
  const TextSet* set_;
  std::vector<text::Encoding> texts_;
  std::vector<std::size_t> first_, second_;
};

// How well words find the second texts of a set of pairs: what an embedder is to be compared with.
RankingReport bm25_retrieval(const TextSet& set);

// Outcomes  those of check_distinct and of Embedder::embed.
Result<EmbedEvaluation> evaluate(const Embedder& embedder, engine::ExecutionContext& context, const EncodedSet& rows);
Result<EmbedEvaluation> evaluate(const Embedder& embedder, engine::ExecutionContext& context, const TextSet& set);

// The line of `yupu predict` for one text: {"text", "embedding": [...]}, every number the shortest that reads back to
// the same float.
std::string embedding_line(std::string_view text, std::span<const float> vector);

}  // namespace yupu::tasks
