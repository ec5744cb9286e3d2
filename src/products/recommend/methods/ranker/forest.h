// Regression trees added up: what a boosted ranker is once it has learned.
//   score(x) = sum over trees of the leaf that x falls into;   at a node: x[feature] < threshold goes left, else right;
//   what is missing (NaN) goes the way that the node has for it
// Threads  immutable: any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/status.h"

namespace yupu::recommend {

struct TreeNode {
  std::int32_t left = -1, right = -1;  // -1: a leaf
  std::uint32_t feature = 0;
  float value = 0.0f;  // threshold; of a leaf its score
  bool missing_left = false;
};
using Tree = std::vector<TreeNode>;  // the root first

class Forest {
 public:
  Forest() = default;
  // Outcomes  kInternal: a tree that is none (a child before its parent or outside, a feature beyond `width`).
  static Result<Forest> of(std::vector<Tree> trees, std::size_t width);

  bool is_empty() const { return trees_.empty(); }
  bool has_splits() const;
  // REQUIRES: as many values as the width it was made for.
  float score(std::span<const float> row) const;

 private:
  std::vector<Tree> trees_;
};

}  // namespace yupu::recommend
