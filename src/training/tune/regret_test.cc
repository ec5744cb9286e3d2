// What the search is worth: regret on two standard functions against random search, over 50 seeds.
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

#include "training/tune/tpe.h"

namespace yupu::training::tune {
namespace {

constexpr int kSeeds = 50;
constexpr int kTrials = 60;

// Dixon, Szego 1978; least 0.397887 in three places.
double branin(const Point& x) {
  constexpr double kPi = std::numbers::pi;
  const double a = x[1] - 5.1 / (4.0 * kPi * kPi) * x[0] * x[0] + 5.0 / kPi * x[0] - 6.0;
  return a * a + 10.0 * (1.0 - 1.0 / (8.0 * kPi)) * std::cos(x[0]) + 10.0;
}

// The same source; least -3.32237 at (0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573).
double hartmann6(const Point& x) {
  constexpr std::array<double, 4> kAlpha = {1.0, 1.2, 3.0, 3.2};
  constexpr double kA[4][6] = {
      {10, 3, 17, 3.5, 1.7, 8}, {0.05, 10, 17, 0.1, 8, 14}, {3, 3.5, 1.7, 10, 17, 8}, {17, 8, 0.05, 10, 0.1, 14}};
  constexpr double kP[4][6] = {{0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886},
                               {0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991},
                               {0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650},
                               {0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381}};
  double sum = 0.0;
  for (std::size_t i = 0; i < 4; ++i) {
    double square = 0.0;
    for (std::size_t j = 0; j < 6; ++j) square += kA[i][j] * (x[j] - kP[i][j]) * (x[j] - kP[i][j]);
    sum -= kAlpha[i] * std::exp(-square);
  }
  return sum;
}

struct Problem {
  Space space;
  double (*function)(const Point&);
  double least;
};

Problem branin_problem() {
  return {{{.name = "x0", .low = -5.0, .high = 10.0}, {.name = "x1", .low = 0.0, .high = 15.0}}, branin, 0.397887};
}

Problem hartmann_problem() {
  Problem problem{{}, hartmann6, -3.32237};
  for (int i = 0; i < 6; ++i)
    problem.space.push_back({.name = std::string(1, static_cast<char>('a' + i)), .high = 1.0});
  return problem;
}

enum class Method { kRandom, kUnivariate, kMultivariate };

// The best value of kTrials, less the least there is.
double regret(const Problem& problem, Method method, std::uint64_t seed) {
  std::vector<Observation> observations;
  double best = INFINITY;
  for (int trial = 0; trial < kTrials; ++trial) {
    Rng rng(seed, static_cast<std::uint64_t>(trial));
    const Point point = method == Method::kRandom ? sample_uniform(problem.space, rng)
                                                  : suggest(problem.space, observations,
                                                            {.multivariate = method == Method::kMultivariate}, rng);
    const double value = problem.function(point);
    best = std::min(best, value);
    observations.push_back({.point = point, .resource = 1, .figure = -value});
  }
  return best - problem.least;
}

struct Regrets {
  double median = 0.0;
  int wins = 0;  // seeds with less regret than random search
};

Regrets regrets(const Problem& problem, Method method, const std::vector<double>& random) {
  std::vector<double> values;
  Regrets result;
  for (int seed = 0; seed < kSeeds; ++seed) {
    values.push_back(regret(problem, method, static_cast<std::uint64_t>(seed)));
    if (!random.empty() && values.back() < random[static_cast<std::size_t>(seed)]) ++result.wins;
  }
  std::nth_element(values.begin(), values.begin() + kSeeds / 2, values.end());
  result.median = values[kSeeds / 2];
  return result;
}

void expect_better_than_random(const Problem& problem, double factor, int wins_least) {
  std::vector<double> random;
  for (int seed = 0; seed < kSeeds; ++seed)
    random.push_back(regret(problem, Method::kRandom, static_cast<std::uint64_t>(seed)));
  const double by_chance = regrets(problem, Method::kRandom, random).median;
  for (const Method method : {Method::kUnivariate, Method::kMultivariate}) {
    const Regrets tpe = regrets(problem, method, random);
    EXPECT_LT(tpe.median, factor * by_chance) << static_cast<int>(method);
    EXPECT_GE(tpe.wins, wins_least) << static_cast<int>(method);
    ::testing::Test::RecordProperty(method == Method::kUnivariate ? "univariate" : "multivariate",
                                    std::to_string(tpe.median));
  }
  ::testing::Test::RecordProperty("random", std::to_string(by_chance));
}

TEST(Regret, TheFunctionsHaveTheirLeastWhereTheBooksSay) {
  EXPECT_NEAR(branin({std::numbers::pi, 2.275}), 0.397887, 1e-5);
  EXPECT_NEAR(branin({-std::numbers::pi, 12.275}), 0.397887, 1e-5);
  EXPECT_NEAR(hartmann6({0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573}), -3.32237, 1e-4);
}

TEST(Regret, OnBraninLessThanHalfOfRandomSearchs) { expect_better_than_random(branin_problem(), 0.5, 35); }

TEST(Regret, OnHartmannLessThanRandomSearchs) { expect_better_than_random(hartmann_problem(), 0.7, 35); }

}  // namespace
}  // namespace yupu::training::tune
