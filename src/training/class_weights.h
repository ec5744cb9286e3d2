// What a row counts in the loss, by its label: rare labels are heard.
//   balanced   n / (K * n_k), n_k of the n training rows being of label k: what scikit-learn calls so.  The mean over
//              the rows is 1, so the learning rate means what it did.
//   a file     {"label": weight, ...}; labels that are not in it weigh 1
// A row's whole loss, label smoothing included, is multiplied; an update divides by the number of its rows, not by the
// sum of their weights.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "handoff/types.h"

namespace yupu::training {

struct ClassWeights {
  bool balanced = false;
  std::vector<std::pair<std::string, double>> given;  // by label, no label twice; empty: none

  bool any() const { return balanced || !given.empty(); }
  bool operator==(const ClassWeights&) const = default;
};

// "off", "balanced", or a file.  Outcomes  kNotFound; kInvalidArgument naming file and label.
Result<ClassWeights> read_class_weights(const std::string& spec);

// In the order of `labels`.  Outcomes  kInvalidArgument: a weight for a label that is none of them.
Result<std::vector<float>> weights_of(const ClassWeights& weights, const std::vector<std::string>& labels,
                                      std::span<const handoff::Row> rows);

}  // namespace yupu::training
