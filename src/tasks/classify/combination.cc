#include "tasks/classify/combination.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "base/check.h"

namespace yupu::tasks {
namespace {

constexpr std::size_t kFolds = 5;
constexpr int kStepsMax = 100;  // about 10 are needed; a step that would climb is halved

using Matrix = std::vector<std::vector<double>>;

// The signs every row has, and their values.
std::vector<ScopeSign> shared_signs(std::span<const SignedRow> rows) {
  std::vector<ScopeSign> signs;
  for (std::size_t i = 0; i < kScopeSignNames.size(); ++i) {
    const bool all =
        std::all_of(rows.begin(), rows.end(), [i](const SignedRow& row) { return row.signs[i].has_value(); });
    if (all) signs.push_back(static_cast<ScopeSign>(i));
  }
  return signs;
}

double value_of(const ScopeSigns& text, ScopeSign sign) {
  const std::optional<double>& value = text[static_cast<std::size_t>(sign)];
  CHECK(value.has_value(), "a text without a sign that its combination reads");
  return *value;
}

// ln(1 + e^x), without overflow.
double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x))); }

// Rows (N, D+1), the last column 1; beta likewise.
double loss_at(const Matrix& x, std::span<const double> truth, std::span<const double> beta) {
  double loss = 0.0;
  for (std::size_t n = 0; n < x.size(); ++n) {
    const double z = std::inner_product(beta.begin(), beta.end(), x[n].begin(), 0.0);
    loss += softplus(z) - truth[n] * z;
  }
  for (std::size_t i = 0; i + 1 < beta.size(); ++i) loss += 0.5 * beta[i] * beta[i];
  return loss;
}

// Solves a x = b for a symmetric positive definite a, in place.
std::vector<double> solved(Matrix a, std::vector<double> b) {
  const std::size_t width = b.size();
  for (std::size_t i = 0; i < width; ++i) {
    for (std::size_t j = i + 1; j < width; ++j) {
      const double factor = a[j][i] / a[i][i];
      for (std::size_t k = i; k < width; ++k) a[j][k] -= factor * a[i][k];
      b[j] -= factor * b[i];
    }
  }
  for (std::size_t i = width; i-- > 0;) {
    for (std::size_t k = i + 1; k < width; ++k) b[i] -= a[i][k] * b[k];
    b[i] /= a[i][i];
  }
  return b;
}

std::vector<double> newton_step(const Matrix& x, std::span<const double> truth, std::span<const double> beta) {
  const std::size_t width = beta.size();
  Matrix hessian(width, std::vector<double>(width, 0.0));
  std::vector<double> gradient(width, 0.0);
  for (std::size_t n = 0; n < x.size(); ++n) {
    const double z = std::inner_product(beta.begin(), beta.end(), x[n].begin(), 0.0);
    const double p = 1.0 / (1.0 + std::exp(-z));
    for (std::size_t i = 0; i < width; ++i) {
      gradient[i] += (p - truth[n]) * x[n][i];
      for (std::size_t j = 0; j < width; ++j) hessian[i][j] += p * (1.0 - p) * x[n][i] * x[n][j];
    }
  }
  for (std::size_t i = 0; i < width; ++i) {
    const bool is_bias = i + 1 == width;
    gradient[i] += is_bias ? 0.0 : beta[i];
    hessian[i][i] += is_bias ? 1e-9 : 1.0;  // the intercept's floor keeps a saturated fit solvable
  }
  return solved(std::move(hessian), std::move(gradient));
}

std::vector<double> minimised(const Matrix& x, std::span<const double> truth) {
  std::vector<double> beta(x.front().size(), 0.0);
  double loss = loss_at(x, truth, beta);
  for (int step = 0; step < kStepsMax; ++step) {
    const std::vector<double> direction = newton_step(x, truth, beta);
    double length = 1.0;
    std::vector<double> next = beta;
    double next_loss = loss;
    for (; length > 1e-6; length *= 0.5) {
      for (std::size_t i = 0; i < beta.size(); ++i) next[i] = beta[i] - length * direction[i];
      next_loss = loss_at(x, truth, next);
      if (next_loss < loss) break;
    }
    if (!(next_loss < loss)) break;
    const bool settled = loss - next_loss <= 1e-12 * loss;
    beta = std::move(next);
    loss = next_loss;
    if (settled) break;
  }
  return beta;
}

struct Scale {
  double mean = 0.0;
  double deviation = 1.0;
};

Scale scale_of(std::span<const SignedRow> rows, ScopeSign sign) {
  Scale scale;
  const auto count = static_cast<double>(rows.size());
  for (const SignedRow& row : rows) scale.mean += value_of(row.signs, sign) / count;
  double squares = 0.0;
  for (const SignedRow& row : rows) {
    const double apart = value_of(row.signs, sign) - scale.mean;
    squares += apart * apart / count;
  }
  // What the rounding of the mean leaves of a constant sign is no deviation.
  if (squares > 1e-20 * scale.mean * scale.mean) scale.deviation = std::sqrt(squares);
  return scale;
}

std::vector<double> softmax(std::span<const float> logits) {
  std::vector<double> p(logits.begin(), logits.end());
  const double top = *std::max_element(p.begin(), p.end());
  double total = 0.0;
  for (double& value : p) total += value = std::exp(value - top);
  for (double& value : p) value /= total;
  return p;
}

bool has_both_kinds(std::span<const SignedRow> rows) {
  const auto in = std::count_if(rows.begin(), rows.end(), [](const SignedRow& row) { return row.in_scope; });
  return in > 0 && in < static_cast<std::ptrdiff_t>(rows.size());
}

}  // namespace

double log_odds(double probability) {
  const double p = std::clamp(probability, 1e-6, 1.0 - 1e-6);
  return std::log(p / (1.0 - p));
}

double branch_agreement(std::span<const float> encoder, std::span<const float> wide) {
  CHECK(!encoder.empty() && encoder.size() == wide.size(), "two rows of logits of one model");
  const std::vector<double> p = softmax(encoder);
  const std::vector<double> q = softmax(wide);
  double sum = 0.0;
  for (std::size_t k = 0; k < p.size(); ++k) sum += std::sqrt(p[k] * q[k]);
  return sum;
}

bool ScopeCombination::uses(ScopeSign sign) const { return std::find(signs.begin(), signs.end(), sign) != signs.end(); }

double ScopeCombination::score(const ScopeSigns& text) const {
  double sum = bias;
  for (std::size_t i = 0; i < signs.size(); ++i) sum += weights[i] * value_of(text, signs[i]);
  return sum;
}

ScopeCombination fit_combination(std::span<const SignedRow> rows) {
  CHECK(has_both_kinds(rows), "a combination is fitted to rows of both kinds");
  ScopeCombination combination{.signs = shared_signs(rows), .weights = {}};
  std::vector<Scale> scales;
  for (const ScopeSign sign : combination.signs) scales.push_back(scale_of(rows, sign));
  Matrix x;
  std::vector<double> truth;
  for (const SignedRow& row : rows) {
    std::vector<double>& line = x.emplace_back();
    for (std::size_t i = 0; i < scales.size(); ++i)
      line.push_back((value_of(row.signs, combination.signs[i]) - scales[i].mean) / scales[i].deviation);
    line.push_back(1.0);
    truth.push_back(row.in_scope ? 1.0 : 0.0);
  }
  const std::vector<double> beta = minimised(x, truth);
  combination.bias = beta.back();
  for (std::size_t i = 0; i < scales.size(); ++i) {
    combination.weights.push_back(beta[i] / scales[i].deviation);
    combination.bias -= beta[i] * scales[i].mean / scales[i].deviation;
  }
  return combination;
}

std::vector<double> cross_fitted_scores(std::span<const SignedRow> rows) {
  std::vector<double> scores(rows.size());
  for (std::size_t fold = 0; fold < kFolds; ++fold) {
    std::vector<SignedRow> others;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (i % kFolds != fold) others.push_back(rows[i]);
    }
    const ScopeCombination combination = has_both_kinds(others) ? fit_combination(others) : fit_combination(rows);
    for (std::size_t i = fold; i < rows.size(); i += kFolds) scores[i] = combination.score(rows[i].signs);
  }
  return scores;
}

OrderedJson ScopeCombination::to_json() const {
  OrderedJson of_signs = OrderedJson::object();
  for (std::size_t i = 0; i < signs.size(); ++i)
    of_signs[std::string(kScopeSignNames[static_cast<std::size_t>(signs[i])])] = weights[i];
  return {{"signs", std::move(of_signs)}, {"bias", bias}};
}

Result<ScopeCombination> ScopeCombination::from_json(const Json& json, std::string_view where) {
  const auto signs = json.is_object() ? json.find("signs") : json.end();
  if (!json.is_object() || signs == json.end() || !signs->is_object() || signs->empty())
    return invalid_argument(fmt::format("{}: a combination needs an object 'signs'", where), "signs");
  ScopeCombination combination;
  for (std::size_t i = 0; i < kScopeSignNames.size(); ++i) {
    const std::string name(kScopeSignNames[i]);
    if (!signs->contains(name)) continue;
    YUPU_ASSIGN_OR_RETURN(const double weight, json_number(*signs, name.c_str(), where));
    combination.signs.push_back(static_cast<ScopeSign>(i));
    combination.weights.push_back(weight);
  }
  if (combination.signs.size() != signs->size())
    return invalid_argument(fmt::format("{}: 'signs' names what this version does not know", where), "signs");
  YUPU_ASSIGN_OR_RETURN(combination.bias, json_number(json, "bias", where));
  return combination;
}

}  // namespace yupu::tasks
