// A cross-encoder on pairs.
//   classes  accuracy, precision, recall and f1 per label; with a positive label AUROC and average precision of its
//            probability.  A label the model does not have counts as wrong, and is named.
//   score    Pearson and Spearman, and the root of the mean squared difference on the scale
//   groups   when rows have one: the rows of a group are candidates for one query, text a; how well they are ordered
//            (tasks/metrics/ranking.h), and how well BM25 orders the same candidates by the words of a and b
//            (text/bm25; how rare a word is, is counted over the different b of the file).  Classes: the positive label
//            is relevant, with gain 1.  Score: the gain is the scaled score, the upper half of the scale is relevant.
// Threads  one owner of the context.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "engine/execution_context.h"
#include "tasks/classify/evaluate.h"
#include "tasks/classify/metrics.h"
#include "tasks/metrics/binary_curve.h"
#include "tasks/metrics/ranking.h"
#include "tasks/pairs/pair_model.h"
#include "tasks/pairs/pair_set.h"

namespace yupu::tasks {

struct PairEvaluation {
  PairTarget target = PairTarget::kClasses;
  Report report;                         // classes
  std::string positive;                  // classes: empty when there is none
  Figures of_positive;                   // classes, with a positive label: precision, recall, f1
  std::optional<BinaryCurve> curve;      // classes: nothing when no row, or every row, is positive
  std::optional<double> pearson;         // score; nothing when the scores or the answers are all alike
  std::optional<double> spearman;        // score
  double rmse = 0.0;                     // score
  std::optional<RankingReport> ranking;  // groups
  std::optional<RankingReport> bm25;     // groups
  std::int64_t row_count = 0;
  std::int64_t truncated_count = 0;  // pairs longer than the model reads
  std::vector<std::string> unknown_labels;
  std::string rows_sha256;

  // "accuracy", "macro_f1", "f1", "auroc", "average_precision", "pearson", "spearman", "mrr": what an epoch may be
  // judged by; nothing where the figure is not there.
  std::optional<double> figure(std::string_view name) const;
  std::string to_text() const;
  OrderedJson to_json() const;
};

std::vector<text::Encoding> encode_all(const PairModel& model, const PairSet& set);

// `encodings`: encode_all of the set, which may be kept.  A set for a score has its scores (take_scores).
// Outcomes  kInvalidArgument: no rows; errors of the source.
Result<PairEvaluation> evaluate(const PairModel& model, const LogitsSource& source, const PairSet& set,
                                std::span<const text::Encoding> encodings);

// How BM25 orders the candidates of each group.  `model` says which are relevant.
RankingReport bm25_ranking(const PairModel& model, const PairSet& set);

// One line of `yupu predict`: {"text", "text_b", "label", "score", "relevance", "labels": [{"label", "score"}, ...]},
// for a score {"text", "text_b", "score", "relevance"}; no relevance for classes without a positive label.
OrderedJson pair_line(const PairModel& model, std::string_view a, std::string_view b, std::span<const float> logits);

}  // namespace yupu::tasks
