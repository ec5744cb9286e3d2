#include "tasks/embed/contrastive.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "tasks/unit_rows.h"

namespace yupu::tasks {
namespace {

// Log of the sum of exp over those entries for which `counts` says so; turns them into their softmax, the others to 0.
template <class Counts>
double softmax_in_place(std::span<double> s, const Counts& counts) {
  double largest = -HUGE_VAL;
  for (std::size_t k = 0; k < s.size(); ++k) {
    if (counts(k)) largest = std::max(largest, s[k]);
  }
  double sum = 0;
  for (std::size_t k = 0; k < s.size(); ++k) sum += s[k] = counts(k) ? std::exp(s[k] - largest) : 0.0;
  for (double& value : s) value /= sum;
  return largest + std::log(sum);
}

// Row `from` looks for row `right` among [begin, end): adds weight * (lse - right one) and its gradient.
void find_among(const UnitRows& z, std::size_t from, std::size_t right, std::size_t begin, std::size_t end,
                double scale, double weight, BatchLoss& loss) {
  std::vector<double> s(end - begin);
  for (std::size_t j = begin; j < end; ++j) s[j - begin] = scale * dot(z.row(from), z.row(j));
  const double right_score = s[right - begin];
  loss.value += weight * (softmax_in_place(s, [](std::size_t) { return true; }) - right_score);
  s[right - begin] -= 1.0;
  const std::span<double> gradient(loss.gradient);
  for (std::size_t j = begin; j < end; ++j) {
    const double d = weight * scale * s[j - begin];
    add_scaled(gradient.subspan(from * z.width(), z.width()), d, z.row(j));
    add_scaled(gradient.subspan(j * z.width(), z.width()), d, z.row(from));
  }
}

}  // namespace

BatchLoss ranking_loss(const Embeddings& embeddings, std::size_t query_count, const RankingOptions& options) {
  CHECK(embeddings.rows() >= 2 * query_count, "a query without its document");
  const UnitRows z(embeddings.values, embeddings.width);
  BatchLoss loss{.value = 0.0, .gradient = std::vector<double>(embeddings.values.size())};
  const double weight = options.symmetric ? 0.5 : 1.0;
  for (std::size_t i = 0; i < query_count; ++i) {
    find_among(z, i, query_count + i, query_count, z.rows(), options.scale, weight, loss);
    if (options.symmetric) find_among(z, query_count + i, i, 0, query_count, options.scale, weight, loss);
  }
  z.back(loss.gradient);
  return loss;
}

BatchLoss label_loss(const Embeddings& embeddings, std::span<const std::int32_t> labels, double temperature) {
  CHECK(labels.size() == embeddings.rows() && temperature > 0, "a label for every row");
  const UnitRows z(embeddings.values, embeddings.width);
  BatchLoss loss{.value = 0.0, .gradient = std::vector<double>(embeddings.values.size())};
  const std::span<double> gradient(loss.gradient);
  std::vector<double> s(z.rows());
  for (std::size_t i = 0; i < z.rows(); ++i) {
    const auto alike = std::count(labels.begin(), labels.end(), labels[i]) - 1;
    if (alike == 0) continue;
    double mean_alike = 0;
    const double share = 1.0 / static_cast<double>(alike);
    for (std::size_t j = 0; j < z.rows(); ++j) {
      s[j] = dot(z.row(i), z.row(j)) / temperature;
      if (j != i && labels[j] == labels[i]) mean_alike += share * s[j];
    }
    loss.value += softmax_in_place(s, [i](std::size_t k) { return k != i; }) - mean_alike;
    for (std::size_t j = 0; j < z.rows(); ++j) {
      if (j == i) continue;
      const double d = (s[j] - (labels[j] == labels[i] ? share : 0.0)) / temperature;
      add_scaled(gradient.subspan(i * z.width(), z.width()), d, z.row(j));
      add_scaled(gradient.subspan(j * z.width(), z.width()), d, z.row(i));
    }
  }
  z.back(loss.gradient);
  return loss;
}

BatchLoss score_loss(const Embeddings& embeddings, std::span<const double> scores, double scale) {
  const std::size_t pairs = scores.size();
  CHECK(embeddings.rows() == 2 * pairs, "a score for every pair");
  const UnitRows z(embeddings.values, embeddings.width);
  std::vector<double> cosine(pairs);
  for (std::size_t i = 0; i < pairs; ++i) cosine[i] = dot(z.row(i), z.row(pairs + i));
  // One softmax over 0 and every scale * (c_j - c_i) with score_i > score_j.
  std::vector<double> s = {0.0};
  for (std::size_t i = 0; i < pairs; ++i) {
    for (std::size_t j = 0; j < pairs; ++j) {
      if (scores[i] > scores[j]) s.push_back(scale * (cosine[j] - cosine[i]));
    }
  }
  const auto weight = static_cast<double>(pairs);
  BatchLoss loss{.value = weight * softmax_in_place(s, [](std::size_t) { return true; }),
                 .gradient = std::vector<double>(embeddings.values.size())};
  std::vector<double> d_cosine(pairs);
  std::size_t k = 1;
  for (std::size_t i = 0; i < pairs; ++i) {
    for (std::size_t j = 0; j < pairs; ++j) {
      if (!(scores[i] > scores[j])) continue;
      d_cosine[j] += weight * scale * s[k];
      d_cosine[i] -= weight * scale * s[k];
      ++k;
    }
  }
  const std::span<double> gradient(loss.gradient);
  for (std::size_t i = 0; i < pairs; ++i) {
    add_scaled(gradient.subspan(i * z.width(), z.width()), d_cosine[i], z.row(pairs + i));
    add_scaled(gradient.subspan((pairs + i) * z.width(), z.width()), d_cosine[i], z.row(i));
  }
  z.back(loss.gradient);
  return loss;
}

}  // namespace yupu::tasks
