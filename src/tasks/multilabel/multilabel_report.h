// How well any number of labels per text is said.
//   per label  precision, recall, F1 at its threshold; average precision of its score, whatever the threshold
//   micro, macro, weighted   as everywhere (tasks/metrics/figures.h); samples: mean over rows of the row's own figures,
//                            0 where they would be 0/0
//   exact match   rows whose labels are all right, none missing, none too many (scikit-learn's accuracy_score)
//   Hamming loss  wrong cells of all rows x labels
//   ECE           over all cells, 15 equal bins of the score: sum n_b/n |share that has the label - mean score|
// The same as scikit-learn's classification_report, average_precision_score and hamming_loss on indicator rows.
// Threads  pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "tasks/metrics/figures.h"

namespace yupu::tasks {

// A row of a set, judged: all three in the order of the labels.
struct JudgedLabels {
  std::vector<double> scores;
  std::vector<std::uint8_t> said;
  std::vector<std::uint8_t> has;
};

struct MultilabelReport {
  NamedFigures labels;                                   // in the order given
  std::vector<std::optional<double>> average_precision;  // of each; nothing when no row, or every row, has the label
  Figures micro, macro, weighted, samples;
  double exact_match = 0.0;
  double hamming_loss = 0.0;
  std::optional<double> micro_average_precision;  // of all cells together
  std::optional<double> mean_average_precision;   // mean over the labels that have one
  double calibration_error = 0.0;
  std::int64_t row_count = 0;
  std::int64_t unlabelled_count = 0;  // rows that no label fits

  // Lines as scikit-learn lays them out, average precision beside them.
  std::string to_text(int digits = 4) const;
  OrderedJson to_json() const;
};

// REQUIRES: rows not empty, each as wide as there are labels.
MultilabelReport multilabel_report(const std::vector<std::string>& labels, std::span<const JudgedLabels> rows);

}  // namespace yupu::tasks
