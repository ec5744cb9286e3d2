// The classification report: what scikit-learn's classification_report prints, plus micro averages, slices and
// calibration error.
// A label counts when it occurs in the truth or in the predictions.
// ECE  Guo et al. 2017, arXiv:1706.04599: 15 equal bins (lo, hi], sum_b n_b/n * |accuracy_b - confidence_b|.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/status.h"
#include "tasks/metrics/figures.h"

namespace yupu::tasks {

// One row's outcome.
struct Judged {
  std::string truth;
  std::string predicted;
  double score = 0.0;  // the model's probability of `predicted`
  std::string slice;   // the row's language; empty: in no slice
};

struct Slice {
  double accuracy = 0.0;
  double macro_f1 = 0.0;  // over the labels that occur in the slice's truth
  std::int64_t support = 0;
};

struct Confusion {
  std::string truth;
  std::string predicted;
  std::int64_t count = 0;
};

struct Report {
  NamedFigures labels;  // sorted by label
  double accuracy = 0.0;
  Figures micro, macro, weighted;
  double calibration_error = 0.0;
  std::int64_t row_count = 0;
  std::map<std::string, Slice> slices;
  std::vector<Confusion> confusions;  // the wrong pairs, most frequent first (ties by name), at most 20

  // Lines as scikit-learn lays them out, with a micro avg line.  `digits` after the point.
  std::string to_text(int digits = 4) const;
  OrderedJson to_json() const;
};

Report classification_report(std::span<const Judged> rows);

double expected_calibration_error(std::span<const Judged> rows);

}  // namespace yupu::tasks
