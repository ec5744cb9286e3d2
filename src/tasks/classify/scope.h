// Does a text belong to what the model was trained on?  Scores of which larger means "rather yes", and what they are
// worth.
//
//   kProbability   max softmax(z / T): Hendrycks, Gimpel 2017, arXiv:1610.02136
//   kEnergy        ln sum_k exp z_k, the logits as they are: Liu et al. 2020, arXiv:2010.03759
//   kMahalanobis   -min_k (x - m_k)^T S^-1 (x - m_k) of the pooled vector x, m_k the mean of class k, S the covariance
//                  all classes share: Lee et al. 2018, arXiv:1807.03888; S shrunk towards a multiple of the identity
//                  by Ledoit, Wolf 2004, "A well-conditioned estimator for large-dimensional covariance matrices",
//                  section 3.2
//   kNeighbours    the cosine to the k-th nearest training text (neighbours.h): Sun et al. 2022, arXiv:2204.06507
//   kBackground    ln((1-p) / p), p the probability of the background output, which texts of no label taught
//                  (classifier.h): Hendrycks et al. 2019, arXiv:1812.04606, with a class of its own
//   kCombined      logistic regression over these, less kNeighbours, and the agreement of encoder and wide branch
//                  (combination.h)
// Threads  const members and free functions any.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/status.h"

namespace yupu::tasks {

enum class ScopeScore : std::uint8_t { kProbability = 0, kEnergy, kMahalanobis, kNeighbours, kBackground, kCombined };
inline constexpr std::array kScopeScores = {ScopeScore::kProbability, ScopeScore::kEnergy,     ScopeScore::kMahalanobis,
                                            ScopeScore::kNeighbours,  ScopeScore::kBackground, ScopeScore::kCombined};
std::string_view scope_score_name(ScopeScore score);  // "probability", "energy", "mahalanobis", ...

// ln sum exp of the logits.  REQUIRES: not empty.
double energy_score(std::span<const float> logits);

// Where the training rows lie, for kMahalanobis; kept in scope.safetensors (docs/formats/scope.md).
class ClassDistances {
 public:
  using Vectors = std::vector<std::vector<float>>;
  // REQUIRES: vectors not empty and of one width, a label in [0, class_count) each.
  static ClassDistances fit(const Vectors& vectors, std::span<const std::int32_t> labels, std::int64_t class_count);

  double mahalanobis(std::span<const float> vector) const;
  double shrinkage() const { return shrinkage_; }  // of the covariance: 0 none, 1 a multiple of the identity
  std::size_t byte_count() const { return sizeof(float) * (inverse_root_.size() + whitened_means_.size()); }

  Status save(const std::string& directory) const;
  static Status remove(const std::string& directory);
  // `width`: of the model's pooled vectors.  Outcomes  kNotFound, kInvalidArgument naming file and tensor.
  static Result<ClassDistances> load(const std::string& directory, std::int64_t width);

 private:
  std::size_t width_ = 0;
  std::vector<float> inverse_root_;    // (C,C), lower triangle: x -> L^-1 x with S = L L^T
  std::vector<float> whitened_means_;  // (K,C), of the classes that have a row
  double shrinkage_ = 0.0;
};

// What a score parts in-scope from out-of-scope rows with.
struct ScopeFigures {
  double auroc = 0.0;                                // P(in > out) + P(in = out) / 2
  double fpr95() const { return 1.0 - out_recall; }  // FPR@95, when 95 % of the in-scope rows are let in
  double out_recall = 0.0;  // out-of-scope rows turned away when 95 % of the in-scope rows are let in
  double threshold = 0.0;   // the largest that lets them in
  std::int64_t in_count = 0, out_count = 0;
  OrderedJson to_json() const;
};
// REQUIRES: neither is empty.
ScopeFigures scope_figures(std::span<const double> in_scope, std::span<const double> out_of_scope,
                           double let_in = 0.95);

}  // namespace yupu::tasks
