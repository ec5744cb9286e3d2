// A user as what they touched: attention over the vectors z_j of the last items, with decay.
//   l_j = query . z_j + bias[kind_j] - age_decay * ln(1 + days since) - rank_decay * ln(1 + events since)
//   u   = sum_j softmax(l)_j z_j,      score of item c = u . z_c / |u|        (every z at length one)
// Loss      in-batch softmax with the log-popularity correction (Yi et al. 2019, RecSys'19, "Sampling-bias-corrected
//           neural modeling", equations 2 to 4): the targets of a batch are each other's wrong answers, an item as
//           often as it is popular, so
//             S_ic = scale * score_i(c) - ln p_c,   loss = sum_i w_i ( lse_c S_ic - S_i,target )
//           over the different targets c of the batch but for those the user had touched before, and the example's own
//           negatives: items that were shown beside the target and passed over, corrected alike.
// Shapes    query (C); bias (kBehaviourKindCount + 2): kinds, age_decay, rank_decay.  Values and gradients in 64 bits.
// Threads   pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "tasks/recommend/examples.h"

namespace yupu::tasks {

inline constexpr std::size_t kTowerBiases = kBehaviourKindCount + 2;

struct TowerWeights {
  std::vector<double> query;
  std::array<double, kTowerBiases> bias = {};
};

// The attention of each touch, adding up to 1.  `vectors`: of item i row i, at length one.
// REQUIRES: at least one touch.
std::vector<double> attention(const TowerWeights& weights, std::span<const Touch> history,
                              std::span<const std::span<const double>> vectors);

// A batch: examples, and the vectors of every item in them.
struct TowerBatch {
  std::span<const BehaviourExample* const> examples;
  std::span<const std::uint32_t> items;  // ascending: row i of `vectors` is that of items[i]
  std::span<const double> vectors;       // (items, width), of any length
  std::size_t width = 0;
  std::span<const double> log_popularity;  // of every item there is, by its number
};
struct TowerLoss {
  double value = 0.0;
  std::vector<double> d_vectors;
  TowerWeights d_weights;
};
TowerLoss tower_loss(const TowerWeights& weights, const TowerBatch& batch, double scale);

}  // namespace yupu::tasks
