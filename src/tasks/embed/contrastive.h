// Losses over the embeddings of a whole batch: value and gradient, in 64 bits.  z_i = e_i / ||e_i|| is row i
// normalised.
//
// ranking_loss      multiple negatives ranking, InfoNCE with in-batch negatives (Henderson et al. 2017,
//                   arXiv:1705.00652; van den Oord et al. 2018, arXiv:1807.03748).  Rows 0..R-1 are queries, the others
//                   documents, of which number i is the right one of query i and those from R on are wrong for all:
//                     S = scale * Q D^T,   loss = sum_i ( lse_j S_ij - S_ii )
//                   symmetric: the mean of this and of every right document looking for its query among the queries.
// label_loss        supervised contrastive, L_out (Khosla et al. 2020, arXiv:2004.11362, equation 2).  P(i): the other
//                   rows of i's label:
//                     s_ij = z_i.z_j / temperature
//                     loss = sum_i 1/|P(i)| sum_{j in P(i)} ( lse_{k != i} s_ik - s_ij ),   0 for an empty P(i)
//                   The paper's code multiplies by temperature / base temperature; here the two are one.
// score_loss        CoSENT (Su 2022): rows i and R+i are a pair with a score; c_i = z_i.z_{R+i}:
//                     loss = R * log( 1 + sum over i, j with score_i > score_j of exp( scale * (c_j - c_i) ) )
//                   R times, so that every loss here is one to divide by R.
// Shapes    embeddings (rows, width) row-major; gradient alike, with respect to e, before normalisation.
// Threads   pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace yupu::tasks {

struct Embeddings {
  std::span<const double> values;
  std::size_t width = 0;
  std::size_t rows() const { return values.size() / width; }
  std::span<const double> row(std::size_t i) const { return values.subspan(i * width, width); }
};

struct BatchLoss {
  double value = 0.0;
  std::vector<double> gradient;
};

struct RankingOptions {
  double scale = 20.0;
  bool symmetric = false;
};

// REQUIRES: as many documents as queries or more.
BatchLoss ranking_loss(const Embeddings& embeddings, std::size_t query_count, const RankingOptions& options);
// REQUIRES: a label for every row, temperature > 0.
BatchLoss label_loss(const Embeddings& embeddings, std::span<const std::int32_t> labels, double temperature);
// REQUIRES: half as many scores as rows.
BatchLoss score_loss(const Embeddings& embeddings, std::span<const double> scores, double scale);

}  // namespace yupu::tasks
