// Exact upper tails of the three count distributions surges are judged by, as log10 so that 10^-200 is still a number.
//   Poisson            P(X = k) = e^-mean mean^k / k!
//   negative binomial  mean, variance mean + alpha mean^2 (alpha = 0 is the Poisson)
//   beta-binomial      k of n, mean share, rho the correlation of two documents of one window (rho = 0: binomial)
// Sums of the mass itself, taken away from the mean and started at the largest term: no normal approximation at any
// size. Relative error of the tail below 1e-9 (tails_test.cc, against rational arithmetic).
// Threads: pure functions. The logarithm of the gamma function is our own (Stirling's series), so that no global of the
// C library is written.
#pragma once

#include <cstdint>

namespace yupu::monitor {

// ln Gamma(x).  REQUIRES: x > 0.
double log_gamma(double x);

// log10 P(X >= k); 0 for k <= 0.  REQUIRES: mean > 0, alpha >= 0.
double log10_tail_negative_binomial(std::int64_t k, double mean, double alpha);

// log10 P(X >= k) of n documents; 0 for k <= 0.  REQUIRES: k <= n, 0 < share < 1, 0 <= rho < 1.
double log10_tail_beta_binomial(std::int64_t k, std::int64_t n, double share, double rho);

}  // namespace yupu::monitor
