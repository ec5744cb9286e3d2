// What a fast linear model says of each row when it has learned from the others: multinomial logistic regression over
// the n-grams of the wide branch (model/heads/wide), K folds.
//
//   loss   mean over rows of -ln softmax(W^T x + b)[label] + l2/2 |W|^2, by AdaGrad (Duchi, Hazan, Singer 2011, JMLR
//   12) folds  each label's rows are dealt out in turn, in an order of the seed; rows of one `group` (the same text)
//   share a
//          fold, so that nothing is learned from a row's own copy
// Deterministic, whatever the number of threads: a fold is one thread's work.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/check/label_errors.h"

namespace yupu::data {

struct CrossValidationOptions {
  int folds = 5;
  int epochs = 6;
  double learning_rate = 0.1;
  double l2 = 1e-4;
  std::uint64_t seed = 1;
  int threads = 0;  // 0: every core
};

// REQUIRES: texts, labels and groups of one size, labels in [0, class_count), folds >= 2.  A class that has no row
// outside a fold gets next to no probability in it.
Probabilities cross_validated_probabilities(std::span<const std::string> texts, std::span<const std::int32_t> labels,
                                            std::span<const std::uint64_t> groups, std::int64_t class_count,
                                            const CrossValidationOptions& options = {});

}  // namespace yupu::data
