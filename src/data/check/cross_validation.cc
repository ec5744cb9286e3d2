#include "data/check/cross_validation.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>

#include "base/check.h"
#include "base/rng.h"
#include "engine/device/cpu/thread_team.h"
#include "model/heads/wide/wide.h"

namespace yupu::data {
namespace {

std::vector<int> deal_folds(std::span<const std::int32_t> labels, std::span<const std::uint64_t> groups, int folds,
                            std::uint64_t seed) {
  std::vector<std::uint32_t> order(labels.size());
  std::iota(order.begin(), order.end(), 0U);
  Rng(seed).shuffle(std::span<std::uint32_t>(order));
  std::unordered_map<std::uint64_t, int> fold_of_group;
  std::unordered_map<std::int32_t, int> next;  // by label
  std::vector<int> fold(labels.size(), 0);
  for (const std::uint32_t row : order) {
    const auto [it, fresh] = fold_of_group.try_emplace(groups[row], next[labels[row]]);
    fold[row] = it->second;
    if (fresh) next[labels[row]] = (next[labels[row]] + 1) % folds;
  }
  return fold;
}

// Weights by feature, then class: one row of them is what a feature adds to every logit.
class LinearModel {
 public:
  LinearModel(std::int64_t features, std::int64_t classes, const CrossValidationOptions& options)
      : classes_(static_cast<std::size_t>(classes)),
        weight_(static_cast<std::size_t>(features) * classes_, 0.0f),
        squares_(weight_.size(), 0.0f),
        bias_(classes_, 0.0f),
        bias_squares_(classes_, 0.0f),
        rate_(static_cast<float>(options.learning_rate)),
        l2_(static_cast<float>(options.l2)) {}

  std::vector<float> probabilities(const text::SparseRow& row) const {
    std::vector<float> z = bias_;
    for (std::size_t i = 0; i < row.indices.size(); ++i) {
      const float* weights = weight_.data() + static_cast<std::size_t>(row.indices[i]) * classes_;
      for (std::size_t k = 0; k < classes_; ++k) z[k] += row.values[i] * weights[k];
    }
    const float top = *std::max_element(z.begin(), z.end());
    float total = 0.0f;
    for (float& value : z) total += value = std::exp(value - top);
    for (float& value : z) value /= total;
    return z;
  }

  void learn(const text::SparseRow& row, std::int32_t label) {
    std::vector<float> slope = probabilities(row);
    slope[static_cast<std::size_t>(label)] -= 1.0f;
    step(bias_.data(), bias_squares_.data(), slope, 1.0f, 0.0f);
    for (std::size_t i = 0; i < row.indices.size(); ++i) {
      const std::size_t at = static_cast<std::size_t>(row.indices[i]) * classes_;
      step(weight_.data() + at, squares_.data() + at, slope, row.values[i], l2_);
    }
  }

 private:
  void step(float* weights, float* squares, std::span<const float> slope, float value, float l2) const {
    constexpr float kTiny = 1e-8f;
    for (std::size_t k = 0; k < classes_; ++k) {
      const float gradient = slope[k] * value + l2 * weights[k];
      squares[k] += gradient * gradient;
      weights[k] -= rate_ * gradient / (std::sqrt(squares[k]) + kTiny);
    }
  }

  std::size_t classes_;
  std::vector<float> weight_;
  std::vector<float> squares_;
  std::vector<float> bias_;
  std::vector<float> bias_squares_;
  float rate_;
  float l2_;
};

}  // namespace

Probabilities cross_validated_probabilities(std::span<const std::string> texts, std::span<const std::int32_t> labels,
                                            std::span<const std::uint64_t> groups, std::int64_t class_count,
                                            const CrossValidationOptions& options) {
  CHECK(texts.size() == labels.size() && labels.size() == groups.size() && options.folds >= 2,
        "not a cross-validation");
  Probabilities result(
      texts.size(), std::vector<float>(static_cast<std::size_t>(class_count), 1.0f / static_cast<float>(class_count)));
  // Which n-grams there are is counted over all rows: it tells nothing of any label.
  const auto branch = model::WideBranch::fit(texts, class_count);
  if (branch == nullptr) return result;  // no n-gram is shared: nothing can be learned
  std::vector<text::SparseRow> rows(texts.size());
  const std::vector<int> fold = deal_folds(labels, groups, options.folds, options.seed);
  engine::ThreadTeam team(options.threads);
  team.parallel_for(static_cast<std::int64_t>(texts.size()), 1, [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int64_t i = begin; i < end; ++i)
      rows[static_cast<std::size_t>(i)] = branch->features(texts[static_cast<std::size_t>(i)]);
  });
  team.parallel_for(options.folds, 1, [&](std::int64_t begin, std::int64_t end, int) {
    for (std::int64_t held_out = begin; held_out < end; ++held_out) {
      LinearModel model(branch->feature_count(), class_count, options);
      std::vector<std::uint32_t> order;
      for (std::uint32_t i = 0; i < rows.size(); ++i) {
        if (fold[i] != held_out) order.push_back(i);
      }
      for (int epoch = 0; epoch < options.epochs; ++epoch) {
        Rng(options.seed, static_cast<std::uint64_t>(epoch + 1)).shuffle(std::span<std::uint32_t>(order));
        for (const std::uint32_t i : order) model.learn(rows[i], labels[i]);
      }
      for (std::uint32_t i = 0; i < rows.size(); ++i) {
        if (fold[i] == held_out) result[i] = model.probabilities(rows[i]);
      }
    }
  });
  return result;
}

}  // namespace yupu::data
