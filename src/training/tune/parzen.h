// The densities of TPE: a mixture of one kernel per observation and one prior kernel.  Bergstra et al. 2011,
// "Algorithms for hyper-parameter optimization", NeurIPS, section 4; Falkner et al. 2018 (BOHB), arXiv:1807.01774, for
// the product kernel; the rules below are Optuna 5's, and its densities are met to 1e-10
// (tests/golden/tune/make_tpe_golden.py).
//
//   p(x) = sum_k w_k prod_j kernel_kj(x_j)          one mixture over the whole space ("multivariate")
//
//   w            the observations in the order of their making: 1 for the newest 25, a ramp from 1/n to 1 before them;
//                1 for the prior; normalised
//   number       normal around the observation, cut off at the ends of the range (space.h, Interval); its sigma the
//                larger distance to a neighbour (the ends are neighbours only of a single observation), clipped to
//                [width / min(100, n + 2), width].  On a grid: the mass of the cell.  Prior: the middle, sigma = width.
//   choice       1/(n+1) for every choice and 1 more for the one observed, normalised.  Prior: equal.
// Univariate TPE is one such mixture per parameter.            Threads  const members any.
#pragma once

#include <span>
#include <vector>

#include "base/rng.h"
#include "training/tune/space.h"

namespace yupu::training::tune {

// Weights of n observations, oldest first, before the prior is added and all are normalised.
std::vector<double> observation_weights(std::size_t n);

// ln of the normal distribution's mass between a and b, safe in both tails.  REQUIRES: a <= b.
double log_normal_mass(double a, double b);

class ParzenEstimator {
 public:
  // `observations`: points of `space`, oldest first; none leaves the prior alone.
  ParzenEstimator(Space space, std::span<const Point> observations);

  double log_density(const Point& point) const;
  Point sample(Rng& rng) const;

 private:
  // The kernels of one parameter: of a number means and sigmas, of a choice one row of weights per kernel.
  struct Kernels {
    std::vector<double> mean;
    std::vector<double> sigma;
    std::vector<double> log_mass;                  // of the kernel inside the interval
    std::vector<std::vector<double>> probability;  // [kernel][choice]
  };
  Kernels numeric_kernels(const Parameter& parameter, std::vector<double> observed) const;
  Kernels choice_kernels(const Parameter& parameter, const std::vector<double>& observed) const;
  double log_kernel(const Parameter& parameter, const Kernels& kernels, std::size_t k, double coordinate) const;

  Space space_;
  std::vector<double> weights_;  // of the kernels, the prior last
  std::vector<Kernels> kernels_;
};

}  // namespace yupu::training::tune
