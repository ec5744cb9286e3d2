#include "tasks/recommend/user_tower.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "tasks/unit_rows.h"

namespace yupu::tasks {
namespace {

constexpr std::size_t kAge = kBehaviourKindCount, kRank = kBehaviourKindCount + 1;

// Of numbers that may be -infinity, at least one of them not; returns the log of their sum.
double softmax_in_place(std::span<double> s) {
  const double largest = *std::max_element(s.begin(), s.end());
  double sum = 0.0;
  for (double& value : s) sum += value = std::exp(value - largest);
  for (double& value : s) value /= sum;
  return largest + std::log(sum);
}

// The loss of one example after another, adding to the gradients of z and of the weights.
class Examples {
 public:
  Examples(const TowerWeights& weights, const TowerBatch& batch, double scale)
      : weights_(weights), batch_(batch), scale_(scale), z_(batch.vectors, batch.width) {
    loss_.d_vectors.assign(batch.vectors.size(), 0.0);
    loss_.d_weights.query.assign(batch.width, 0.0);
    for (const BehaviourExample* example : batch.examples) candidates_.push_back(row_of(example->target));
    std::sort(candidates_.begin(), candidates_.end());
    candidates_.erase(std::unique(candidates_.begin(), candidates_.end()), candidates_.end());
  }

  void add(const BehaviourExample& example) {
    std::vector<std::span<const double>> vectors;
    for (const Touch& touch : example.history) vectors.push_back(z_.row(row_of(touch.item)));
    const std::vector<double> a = attention(weights_, example.history, vectors);
    std::vector<double> u(batch_.width, 0.0);
    for (std::size_t j = 0; j < a.size(); ++j) add_scaled(u, a[j], vectors[j]);
    const UnitRows user(u, batch_.width);
    std::vector<double> d_user = against_candidates(example, user.row(0));
    user.back(d_user);
    back_to_history(example, a, vectors, d_user);
  }

  TowerLoss finish() {
    z_.back(loss_.d_vectors);
    return std::move(loss_);
  }

 private:
  std::size_t row_of(std::uint32_t item) const {
    const auto it = std::lower_bound(batch_.items.begin(), batch_.items.end(), item);
    CHECK(it != batch_.items.end() && *it == item, "an item of a batch without a vector");
    return static_cast<std::size_t>(it - batch_.items.begin());
  }
  std::span<double> d_row(std::size_t row) {
    return std::span(loss_.d_vectors).subspan(row * batch_.width, batch_.width);
  }

  // The batch's targets, and what this example's user was shown and passed over.
  std::vector<std::size_t> candidates_of(const BehaviourExample& example) const {
    std::vector<std::size_t> rows = candidates_;
    for (const std::uint32_t item : example.negatives) {
      const std::size_t row = row_of(item);
      if (!std::binary_search(candidates_.begin(), candidates_.end(), row)) rows.push_back(row);
    }
    return rows;
  }

  // The gradient with respect to the user's unit vector.
  std::vector<double> against_candidates(const BehaviourExample& example, std::span<const double> user) {
    const std::vector<std::size_t> candidates = candidates_of(example);
    std::vector<double> s(candidates.size());
    double right = 0.0;
    for (std::size_t c = 0; c < s.size(); ++c) {
      const std::uint32_t item = batch_.items[candidates[c]];
      s[c] = scale_ * dot(user, z_.row(candidates[c])) - batch_.log_popularity[item];
      if (item == example.target) {
        right = s[c];
      } else if (std::binary_search(example.touched.begin(), example.touched.end(), item)) {
        s[c] = -HUGE_VAL;
      }
    }
    loss_.value += example.weight * (softmax_in_place(s) - right);
    std::vector<double> d_user(batch_.width, 0.0);
    for (std::size_t c = 0; c < s.size(); ++c) {
      const double is_right = batch_.items[candidates[c]] == example.target ? 1.0 : 0.0;
      const double d = example.weight * scale_ * (s[c] - is_right);
      if (d == 0.0) continue;
      add_scaled(d_user, d, z_.row(candidates[c]));
      add_scaled(d_row(candidates[c]), d, user);
    }
    return d_user;
  }

  void back_to_history(const BehaviourExample& example, const std::vector<double>& a,
                       const std::vector<std::span<const double>>& vectors, std::span<const double> d_u) {
    std::vector<double> d_a(a.size());
    double mean = 0.0;
    for (std::size_t j = 0; j < a.size(); ++j) {
      d_a[j] = dot(d_u, vectors[j]);
      mean += a[j] * d_a[j];
    }
    TowerWeights& d = loss_.d_weights;
    for (std::size_t j = 0; j < a.size(); ++j) {
      const Touch& touch = example.history[j];
      const double d_logit = a[j] * (d_a[j] - mean);
      const std::span<double> to = d_row(row_of(touch.item));
      add_scaled(to, a[j], d_u);
      add_scaled(to, d_logit, weights_.query);
      add_scaled(d.query, d_logit, vectors[j]);
      d.bias[static_cast<std::size_t>(touch.kind)] += d_logit;
      d.bias[kAge] -= d_logit * touch.log_age;
      d.bias[kRank] -= d_logit * touch.log_rank;
    }
  }

  const TowerWeights& weights_;
  const TowerBatch& batch_;
  double scale_;
  UnitRows z_;
  std::vector<std::size_t> candidates_;  // rows of the different targets
  TowerLoss loss_;
};

}  // namespace

std::vector<double> attention(const TowerWeights& weights, std::span<const Touch> history,
                              std::span<const std::span<const double>> vectors) {
  CHECK(!history.empty() && history.size() == vectors.size(), "attention over a history and its vectors");
  std::vector<double> logits(history.size());
  for (std::size_t j = 0; j < logits.size(); ++j) {
    const Touch& touch = history[j];
    logits[j] = dot(weights.query, vectors[j]) + weights.bias[static_cast<std::size_t>(touch.kind)] -
                weights.bias[kAge] * touch.log_age - weights.bias[kRank] * touch.log_rank;
  }
  softmax_in_place(logits);
  return logits;
}

TowerLoss tower_loss(const TowerWeights& weights, const TowerBatch& batch, double scale) {
  Examples examples(weights, batch, scale);
  for (const BehaviourExample* example : batch.examples) examples.add(*example);
  return examples.finish();
}

}  // namespace yupu::tasks
