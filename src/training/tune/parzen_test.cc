#include "training/tune/parzen.h"

#include <cmath>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/testing.h"
#include "training/tune/tpe.h"

namespace yupu::training::tune {
namespace {

Json golden() {
  auto text = read_file(YUPU_TESTDATA("tests/golden/tune/tpe_densities.json"));
  CHECK(text.ok(), text.status().to_string());
  auto json = parse_json(*text);
  CHECK(json.ok(), json.status().to_string());
  return *json;
}

Space space_of(const Json& items) {
  Space space;
  for (const Json& item : items) {
    Parameter parameter{.name = item["name"]};
    if (item["type"] == "categorical") {
      parameter.kind = Kind::kCategorical;
      parameter.choices = item["choices"].get<std::vector<Json>>();
    } else {
      parameter.kind = item["type"] == "int" ? Kind::kInt : Kind::kFloat;
      parameter.low = item["low"];
      parameter.high = item["high"];
      parameter.step = item["step"];
      parameter.log = item["log"];
    }
    CHECK(check_parameter(parameter).ok(), "the golden space is a good one");
    space.push_back(std::move(parameter));
  }
  return space;
}

TEST(Parzen, DensitiesAreOptunas) {
  int compared = 0;
  const Json expected = golden();
  for (const Json& item : expected["cases"]) {
    const auto observations = item["observations"].get<std::vector<Point>>();
    const ParzenEstimator estimator(space_of(item["space"]), observations);
    const auto points = item["points"].get<std::vector<Point>>();
    for (std::size_t i = 0; i < points.size(); ++i) {
      const double wanted = item["log_density"][i];
      EXPECT_NEAR(estimator.log_density(points[i]), wanted, 1e-10 * std::max(1.0, std::fabs(wanted)))
          << item["space"].dump() << " with " << observations.size() << " observations, point " << i;
      ++compared;
    }
  }
  EXPECT_EQ(compared, 14 * 6);
}

TEST(Parzen, WeightsAreOptunas) {
  const Json expected = golden();
  for (const auto& [n, wanted] : expected["weights"].items()) {
    const auto weights = observation_weights(std::stoul(n));
    ASSERT_EQ(weights.size(), wanted.size());
    for (std::size_t i = 0; i < weights.size(); ++i) EXPECT_NEAR(weights[i], wanted[i].get<double>(), 1e-15) << n;
  }
}

TEST(Parzen, TheMassOfANormalIsSafeInBothTails) {
  EXPECT_NEAR(log_normal_mass(-1.0, 1.0), std::log(0.682689492137085897), 1e-15);
  EXPECT_NEAR(log_normal_mass(10.0, 11.0), -53.231301, 1e-5);
  EXPECT_DOUBLE_EQ(log_normal_mass(10.0, 11.0), log_normal_mass(-11.0, -10.0));
  EXPECT_NEAR(log_normal_mass(-50.0, -40.0), -804.608442, 1e-5);
  EXPECT_NEAR(log_normal_mass(-1e-9, 1e-9), std::log(2e-9 * 0.3989422804014327), 1e-6);
  EXPECT_EQ(log_normal_mass(2.0, 2.0), -INFINITY);
}

// Each draw falls where the density says: the share of draws in a cell against its integral.
TEST(Parzen, SamplesFollowTheDensity) {
  const Space space = {{.name = "x", .kind = Kind::kFloat, .low = -1.0, .high = 3.0}};
  const std::vector<Point> observations = {{-0.9}, {0.5}, {0.6}, {2.9}};
  const ParzenEstimator estimator(space, observations);
  constexpr int kCells = 16;
  constexpr int kDraws = 20'000;
  std::vector<int> counts(kCells, 0);
  Rng rng(7);
  for (int i = 0; i < kDraws; ++i) {
    const double x = estimator.sample(rng)[0];
    ASSERT_GE(x, -1.0);
    ASSERT_LE(x, 3.0);
    ++counts[static_cast<std::size_t>(std::min(kCells - 1.0, (x + 1.0) * kCells / 4.0))];
  }
  double total = 0.0;
  for (int cell = 0; cell < kCells; ++cell) {
    double mass = 0.0;
    for (int part = 0; part < 100; ++part)
      mass += std::exp(estimator.log_density({-1.0 + (cell + (part + 0.5) / 100.0) * 4.0 / kCells})) * 0.04 / kCells;
    total += mass;
    EXPECT_NEAR(static_cast<double>(counts[static_cast<std::size_t>(cell)]) / kDraws, mass, 0.012) << cell;
  }
  EXPECT_NEAR(total, 1.0, 1e-4);
}

TEST(Parzen, DrawsStayOnTheGrid) {
  const Space space = {{.name = "rank", .kind = Kind::kInt, .low = 1, .high = 64, .step = 1, .log = true},
                       {.name = "tokens", .kind = Kind::kInt, .low = 256, .high = 2048, .step = 256},
                       {.name = "on", .kind = Kind::kCategorical, .choices = {true, false}}};
  const std::vector<Point> observations = {{1, 256, 0}, {64, 2048, 0}};
  const ParzenEstimator estimator(space, observations);
  Rng rng(3);
  int on = 0;
  for (int i = 0; i < 500; ++i) {
    const Point point = estimator.sample(rng);
    EXPECT_EQ(point[0], std::round(point[0]));
    EXPECT_TRUE(point[0] >= 1 && point[0] <= 64);
    EXPECT_EQ(std::fmod(point[1], 256.0), 0.0);
    EXPECT_TRUE(point[1] >= 256 && point[1] <= 2048);
    on += point[2] == 0.0 ? 1 : 0;
  }
  EXPECT_GT(on, 300);  // both observations say so
  EXPECT_LT(on, 480);  // and the prior keeps the other alive
}

TEST(Tpe, TheBestTenthGoesBelowAndWhoRunsAbove) {
  const Json expected = golden();
  for (const auto& [n, wanted] : expected["gamma"].items()) {
    std::vector<Observation> observations(std::stoul(n), {.point = {0.0}, .resource = 1, .figure = 0.0});
    EXPECT_EQ(divide(observations).below.size(), wanted.get<std::size_t>()) << n;
  }
  // Further along is better than a better figure; no figure is last; who runs is above.
  std::vector<Observation> observations = {{.point = {0}, .resource = 1, .figure = 0.9},
                                           {.point = {1}, .resource = 9, .figure = 0.5},
                                           {.point = {2}, .resource = 9, .figure = std::nullopt},
                                           {.point = {3}, .running = true},
                                           {.point = {4}, .resource = 9, .figure = 0.7}};
  const Division division = divide(observations);
  EXPECT_EQ(division.below, std::vector<std::size_t>{4});
  EXPECT_EQ(division.above, (std::vector<std::size_t>{0, 1, 2, 3}));
}

}  // namespace
}  // namespace yupu::training::tune
