#include "tasks/classify/scope.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/file.h"
#include "model/checkpoint/safetensors.h"
#include "tasks/classify/scope_matrix.h"

namespace yupu::tasks {
namespace {

constexpr std::string_view kFile = "/scope.safetensors";

// Means of the classes that have a row; `centred` becomes the rows less their class's mean.
std::vector<std::vector<double>> centre(const ClassDistances::Vectors& vectors, std::span<const std::int32_t> labels,
                                        std::size_t class_count, std::vector<std::vector<double>>& centred) {
  const std::size_t width = vectors.front().size();
  std::vector<std::vector<double>> means(class_count, std::vector<double>(width, 0.0));
  std::vector<double> counts(class_count, 0.0);
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    const auto label = static_cast<std::size_t>(labels[i]);
    counts[label] += 1.0;
    for (std::size_t c = 0; c < width; ++c) means[label][c] += vectors[i][c];
  }
  for (std::size_t k = 0; k < class_count; ++k) {
    for (double& value : means[k]) value /= std::max(counts[k], 1.0);
  }
  centred.assign(vectors.size(), std::vector<double>(width));
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    for (std::size_t c = 0; c < width; ++c)
      centred[i][c] = vectors[i][c] - means[static_cast<std::size_t>(labels[i])][c];
  }
  std::vector<std::vector<double>> present;
  for (std::size_t k = 0; k < class_count; ++k) {
    if (counts[k] > 0.0) present.push_back(std::move(means[k]));
  }
  return present;
}

// Covariance of the centred rows, shrunk towards (trace/C) I by the share that Ledoit and Wolf estimate.
std::vector<double> shrunk_covariance(const std::vector<std::vector<double>>& rows, double& shrinkage) {
  const std::size_t width = rows.front().size();
  const auto n = static_cast<double>(rows.size());
  const auto w = static_cast<double>(width);
  std::vector<double> s(width * width, 0.0);
  double fourth = 0.0;  // sum of |x|^4
  for (const std::vector<double>& row : rows) {
    double squares = 0.0;
    for (std::size_t i = 0; i < width; ++i) {
      squares += row[i] * row[i];
      for (std::size_t j = 0; j <= i; ++j) s[i * width + j] += row[i] * row[j] / n;
    }
    fourth += squares * squares;
  }
  double square = 0.0;  // |S|^2, all entries
  double trace = 0.0;
  for (std::size_t i = 0; i < width; ++i) {
    trace += s[i * width + i];
    for (std::size_t j = 0; j <= i; ++j) square += (i == j ? 1.0 : 2.0) * s[i * width + j] * s[i * width + j];
  }
  const double mean = trace / w;
  const double spread = std::max(0.0, square - w * mean * mean);  // |S - mean I|^2
  const double noise = std::max(0.0, (fourth / n - square) / n);  // of S as an estimate
  shrinkage = spread > 0.0 ? std::min(1.0, noise / spread) : 1.0;
  // Vectors that are all alike have no covariance at all: any multiple of the identity orders distances the same.
  const double floor = mean > 0.0 ? 1e-9 * mean : 1.0;
  for (std::size_t i = 0; i < width; ++i) {
    for (std::size_t j = 0; j <= i; ++j) s[i * width + j] *= 1.0 - shrinkage;
    s[i * width + i] += shrinkage * mean + floor;
  }
  return s;
}

// The inverse of the Cholesky factor, in place; lower triangle.  REQUIRES: positive definite (the floor above sees to
// it).
void invert_root(std::vector<double>& s, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = s[i * width + j];
      for (std::size_t k = 0; k < j; ++k) sum -= s[i * width + k] * s[j * width + k];
      CHECK(i != j || sum > 0.0, "a shrunk covariance is positive definite");
      s[i * width + j] = i == j ? std::sqrt(sum) : sum / s[j * width + j];
    }
  }
  for (std::size_t j = 0; j < width; ++j) {
    const double diagonal = s[j * width + j];
    s[j * width + j] = 1.0 / diagonal;
    for (std::size_t i = j + 1; i < width; ++i) {
      double sum = 0.0;
      for (std::size_t k = j; k < i; ++k) sum -= s[i * width + k] * s[k * width + j];
      s[i * width + j] = sum / s[i * width + i];
    }
  }
}

template <class Vector>
std::vector<double> whiten(const std::vector<float>& inverse_root, const Vector& vector) {
  const std::size_t width = vector.size();
  std::vector<double> white(width, 0.0);
  for (std::size_t i = 0; i < width; ++i) {
    for (std::size_t j = 0; j <= i; ++j) white[i] += double{inverse_root[i * width + j]} * vector[j];
  }
  return white;
}

}  // namespace

std::string_view scope_score_name(ScopeScore score) {
  switch (score) {
    case ScopeScore::kProbability:
      return "probability";
    case ScopeScore::kEnergy:
      return "energy";
    case ScopeScore::kMahalanobis:
      return "mahalanobis";
    case ScopeScore::kNeighbours:
      return "neighbours";
    case ScopeScore::kBackground:
      return "background";
    case ScopeScore::kCombined:
      return "combined";
  }
  return "probability";
}

double energy_score(std::span<const float> logits) {
  const double top = *std::max_element(logits.begin(), logits.end());
  double sum = 0.0;
  for (const float value : logits) sum += std::exp(value - top);
  return top + std::log(sum);
}

ClassDistances ClassDistances::fit(const Vectors& vectors, std::span<const std::int32_t> labels,
                                   std::int64_t class_count) {
  CHECK(!vectors.empty() && vectors.size() == labels.size(), "a label a vector");
  ClassDistances distances;
  distances.width_ = vectors.front().size();
  std::vector<std::vector<double>> centred;
  const auto means = centre(vectors, labels, static_cast<std::size_t>(class_count), centred);
  std::vector<double> root = shrunk_covariance(centred, distances.shrinkage_);
  invert_root(root, distances.width_);
  distances.inverse_root_.assign(root.begin(), root.end());
  for (const std::vector<double>& mean : means) {
    const std::vector<double> white = whiten(distances.inverse_root_, mean);
    distances.whitened_means_.insert(distances.whitened_means_.end(), white.begin(), white.end());
  }
  return distances;
}

double ClassDistances::mahalanobis(std::span<const float> vector) const {
  CHECK(vector.size() == width_, "a vector of another model");
  const std::vector<double> white = whiten(inverse_root_, vector);
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t begin = 0; begin < whitened_means_.size(); begin += width_) {
    double squares = 0.0;
    for (std::size_t c = 0; c < width_; ++c) {
      const double apart = white[c] - double{whitened_means_[begin + c]};
      squares += apart * apart;
    }
    least = std::min(least, squares);
  }
  return -least;
}

Status ClassDistances::save(const std::string& directory) const {
  const std::pair<std::string, engine::Tensor> tensors[] = {{"scope.inverse_root", scope_matrix(inverse_root_, width_)},
                                                            {"scope.means", scope_matrix(whitened_means_, width_)}};
  return model::write_safetensors(directory + std::string(kFile), tensors);
}

Status ClassDistances::remove(const std::string& directory) { return remove_tree(directory + std::string(kFile)); }

Result<ClassDistances> ClassDistances::load(const std::string& directory, std::int64_t width) {
  YUPU_ASSIGN_OR_RETURN(const model::Safetensors file, model::Safetensors::open(directory + std::string(kFile)));
  ClassDistances distances;
  distances.width_ = static_cast<std::size_t>(width);
  YUPU_ASSIGN_OR_RETURN(distances.inverse_root_, read_scope_matrix(file, "scope.inverse_root", width, true));
  YUPU_ASSIGN_OR_RETURN(distances.whitened_means_, read_scope_matrix(file, "scope.means", width, false));
  return distances;
}

OrderedJson ScopeFigures::to_json() const {
  return {{"auroc", auroc},         {"fpr95", fpr95()},     {"out_recall", out_recall},
          {"threshold", threshold}, {"in_count", in_count}, {"out_count", out_count}};
}

ScopeFigures scope_figures(std::span<const double> in_scope, std::span<const double> out_of_scope, double let_in) {
  CHECK(!in_scope.empty() && !out_of_scope.empty(), "figures need rows of both kinds");
  std::vector<double> in(in_scope.begin(), in_scope.end());
  std::sort(in.begin(), in.end());
  ScopeFigures figures{.in_count = static_cast<std::int64_t>(in.size()),
                       .out_count = static_cast<std::int64_t>(out_of_scope.size())};
  const auto n = static_cast<double>(in.size());
  const auto turned_away = static_cast<std::size_t>(std::floor((1.0 - let_in) * n + 1e-9));
  figures.threshold = in[std::min(turned_away, in.size() - 1)];
  double better = 0.0;
  double away = 0.0;
  for (const double score : out_of_scope) {
    const auto below = std::lower_bound(in.begin(), in.end(), score) - in.begin();
    const auto not_above = std::upper_bound(in.begin(), in.end(), score) - in.begin();
    better += n - static_cast<double>(not_above) + 0.5 * static_cast<double>(not_above - below);
    away += score < figures.threshold ? 1.0 : 0.0;
  }
  const auto m = static_cast<double>(out_of_scope.size());
  figures.auroc = better / (n * m);
  figures.out_recall = away / m;
  return figures;
}

}  // namespace yupu::tasks
