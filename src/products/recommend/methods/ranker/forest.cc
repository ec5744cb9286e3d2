#include "products/recommend/methods/ranker/forest.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace yupu::recommend {
namespace {

bool is_tree(const Tree& tree, std::size_t width) {
  const auto count = static_cast<std::int32_t>(tree.size());
  for (std::int32_t at = 0; at < count; ++at) {
    const TreeNode& node = tree[static_cast<std::size_t>(at)];
    if (node.left < 0 && node.right < 0) continue;
    // Children stand after their parent, so that every walk ends.
    if (node.left <= at || node.right <= at || node.left >= count || node.right >= count) return false;
    if (node.feature >= width) return false;
  }
  return count > 0;
}

}  // namespace

Result<Forest> Forest::of(std::vector<Tree> trees, std::size_t width) {
  for (std::size_t i = 0; i < trees.size(); ++i) {
    if (!is_tree(trees[i], width)) return internal_error(fmt::format("tree {} of {} is none", i, trees.size()));
  }
  Forest forest;
  forest.trees_ = std::move(trees);
  return forest;
}

bool Forest::has_splits() const {
  return std::any_of(trees_.begin(), trees_.end(), [](const Tree& tree) { return tree.size() > 1; });
}

float Forest::score(std::span<const float> row) const {
  float sum = 0.0f;
  for (const Tree& tree : trees_) {
    std::size_t at = 0;
    while (tree[at].left >= 0) {
      const TreeNode& node = tree[at];
      const float x = row[node.feature];
      const bool goes_left = std::isnan(x) ? node.missing_left : x < node.value;
      at = static_cast<std::size_t>(goes_left ? node.left : node.right);
    }
    sum += tree[at].value;
  }
  return sum;
}

}  // namespace yupu::recommend
