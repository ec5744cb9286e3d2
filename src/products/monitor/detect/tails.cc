#include "products/monitor/detect/tails.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/check.h"

namespace yupu::monitor {
namespace {

constexpr double kAlphaMin = 1e-9;  // below it the negative binomial is the Poisson to the last digit of a double
constexpr double kRhoMin = 1e-9;
constexpr double kTermMin = 1e-18;  // relative to the sum: what comes after changes no digit

// log10 P(X >= k) from ln P(X = k) and the ratios of neighbours: up(j) = P(j+1)/P(j), down(j) = P(j-1)/P(j).
// Summed on the side of k that is away from the mean, where the terms fall (for `peaked` masses: one mode, near the
// mean).
template <class LogMass, class Up, class Down>
double log10_tail(std::int64_t k, std::int64_t k_max, double mean, bool peaked, LogMass log_mass, Up up, Down down) {
  if (k <= 0) return 0;
  double sum = 1;
  double term = 1;
  if (static_cast<double>(k) > mean) {
    for (std::int64_t j = k; j < k_max; ++j) {
      term *= up(j);
      sum += term;
      if (peaked && term < sum * kTermMin) break;
    }
    return std::min(0.0, (log_mass(k) + std::log(sum)) / std::numbers::ln10);
  }
  for (std::int64_t j = k - 1; j > 0; --j) {
    term *= down(j);
    sum += term;
    if (peaked && term < sum * kTermMin) break;
  }
  const double below = std::exp(log_mass(k - 1) + std::log(sum));
  return std::log1p(-std::min(below, 1 - 0x1.0p-53)) / std::numbers::ln10;
}

double log_choose(double n, double k) { return log_gamma(n + 1) - log_gamma(k + 1) - log_gamma(n - k + 1); }

}  // namespace

double log_gamma(double x) {
  CHECK(x > 0, "log_gamma needs a positive argument");
  double shift = 0;
  double product = 1;
  while (x < 12) {  // Gamma(x) = Gamma(x + 1) / x
    product *= x;
    x += 1;
    if (product > 1e200) {
      shift += std::log(product);
      product = 1;
    }
  }
  shift += std::log(product);
  const double inverse = 1 / x;
  const double square = inverse * inverse;
  // Stirling: B2n / (2n (2n-1) x^(2n-1)), seven terms.
  const double series =
      inverse *
      (1.0 / 12 +
       square * (-1.0 / 360 +
                 square * (1.0 / 1260 + square * (-1.0 / 1680 +
                                                  square * (1.0 / 1188 + square * (-691.0 / 360360 + square / 156))))));
  return (x - 0.5) * std::log(x) - x + 0.5 * std::log(2 * std::numbers::pi) + series - shift;
}

double log10_tail_negative_binomial(std::int64_t k, double mean, double alpha) {
  CHECK(mean > 0 && alpha >= 0, "a count needs a positive mean and alpha >= 0");
  if (alpha < kAlphaMin) {
    return log10_tail(
        k, INT64_MAX, mean, true,
        [&](std::int64_t j) {
          const auto x = static_cast<double>(j);
          return x * std::log(mean) - mean - log_gamma(x + 1);
        },
        [&](std::int64_t j) { return mean / static_cast<double>(j + 1); },
        [&](std::int64_t j) { return static_cast<double>(j) / mean; });
  }
  const double size = 1 / alpha;
  const double odds = mean / (mean + size);
  return log10_tail(
      k, INT64_MAX, mean, true,
      [&](std::int64_t j) {
        const auto x = static_cast<double>(j);
        return log_gamma(x + size) - log_gamma(size) - log_gamma(x + 1) - size * std::log1p(mean * alpha) +
               x * std::log(odds);
      },
      [&](std::int64_t j) { return (static_cast<double>(j) + size) / static_cast<double>(j + 1) * odds; },
      [&](std::int64_t j) { return static_cast<double>(j) / ((static_cast<double>(j - 1) + size) * odds); });
}

double log10_tail_beta_binomial(std::int64_t k, std::int64_t n, double share, double rho) {
  CHECK(k <= n, "more negatives than documents");
  CHECK(share > 0 && share < 1 && rho >= 0 && rho < 1, "share in (0, 1), rho in [0, 1)");
  const auto total = static_cast<double>(n);
  if (rho < kRhoMin) {
    const double odds = share / (1 - share);
    return log10_tail(
        k, n, total * share, true,
        [&](std::int64_t j) {
          const auto x = static_cast<double>(j);
          return log_choose(total, x) + x * std::log(share) + (total - x) * std::log1p(-share);
        },
        [&](std::int64_t j) { return static_cast<double>(n - j) / static_cast<double>(j + 1) * odds; },
        [&](std::int64_t j) { return static_cast<double>(j) / static_cast<double>(n - j + 1) / odds; });
  }
  const double a = share * (1 / rho - 1);
  const double b = (1 - share) * (1 / rho - 1);
  const auto up = [&](std::int64_t j) {
    const auto x = static_cast<double>(j);
    return (total - x) / (x + 1) * (x + a) / (total - x - 1 + b);
  };
  return log10_tail(
      k, n, total * share, a >= 1 && b >= 1,
      [&](std::int64_t j) {
        const auto x = static_cast<double>(j);
        return log_choose(total, x) + log_gamma(x + a) + log_gamma(total - x + b) - log_gamma(total + a + b) +
               log_gamma(a + b) - log_gamma(a) - log_gamma(b);
      },
      up, [&](std::int64_t j) { return 1 / up(j - 1); });
}

}  // namespace yupu::monitor
