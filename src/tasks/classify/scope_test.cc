#include "tasks/classify/scope.h"

#include <cmath>

#include <gtest/gtest.h>

#include "base/rng.h"
#include "base/testing.h"

namespace yupu::tasks {
namespace {

TEST(Scope, EnergyOfTheFactSheetsVector) {
  const std::vector<float> z = {4.0f, 1.0f, -1.0f};
  EXPECT_NEAR(energy_score(z), 4.05498524, 1e-8);
  const std::vector<float> far = {1e4f, 1e4f};
  EXPECT_NEAR(energy_score(far), 1e4 + std::log(2.0), 1e-9);  // no overflow
}

TEST(Scope, FiguresByHand) {
  // Of 3 x 2 pairs the in-scope row is larger in 4 and equal in 1.
  const std::vector<double> in = {0.9, 0.5, 0.3};
  const std::vector<double> out = {0.5, 0.1};
  const ScopeFigures figures = scope_figures(in, out, 1.0);
  EXPECT_DOUBLE_EQ(figures.auroc, 4.5 / 6.0);
  EXPECT_DOUBLE_EQ(figures.threshold, 0.3);
  EXPECT_DOUBLE_EQ(figures.out_recall, 0.5);
  // Two of three let in: the threshold is the second lowest, and the equal row is let in with it.
  EXPECT_DOUBLE_EQ(scope_figures(in, out, 2.0 / 3.0).threshold, 0.5);
  EXPECT_DOUBLE_EQ(scope_figures(in, out, 2.0 / 3.0).out_recall, 0.5);
  EXPECT_DOUBLE_EQ(scope_figures(out, in, 1.0).auroc, 1.5 / 6.0);
}

TEST(Scope, MahalanobisMeasuresInTheSpreadOfTheClasses) {
  // Two classes at (0,0) and (10,0), spread 3 along y and 1 along x.
  Rng rng(5);
  ClassDistances::Vectors vectors;
  std::vector<std::int32_t> labels;
  for (int i = 0; i < 4000; ++i) {
    labels.push_back(i % 2);
    vectors.push_back({static_cast<float>(10.0 * (i % 2) + rng.normal()), static_cast<float>(3.0 * rng.normal())});
  }
  const ClassDistances distances = ClassDistances::fit(vectors, labels, 3);  // class 2 has no row
  EXPECT_LT(distances.shrinkage(), 0.01);
  const auto at = [&](float x, float y) { return distances.mahalanobis(std::vector<float>{x, y}); };
  EXPECT_NEAR(at(0, 3), -1.0, 0.1);
  EXPECT_NEAR(at(13, 0), -9.0, 0.6);
  EXPECT_NEAR(at(5, 0), -25.0, 1.5);
  EXPECT_GT(at(0, 6), at(5, 0));
}

TEST(Scope, FewVectorsOfManyDimensionsAreShrunkInsteadOfSingular) {
  Rng rng(9);
  ClassDistances::Vectors vectors(6, std::vector<float>(32));
  for (auto& vector : vectors) {
    for (float& value : vector) value = static_cast<float>(rng.normal());
  }
  const std::vector<std::int32_t> labels = {0, 0, 0, 1, 1, 1};
  const ClassDistances distances = ClassDistances::fit(vectors, labels, 2);
  EXPECT_GT(distances.shrinkage(), 0.1);
  EXPECT_TRUE(std::isfinite(distances.mahalanobis(vectors[0])));
  // All alike: no covariance, and still distances.
  const ClassDistances::Vectors alike(6, std::vector<float>(32, 1.0f));
  const ClassDistances flat = ClassDistances::fit(alike, labels, 2);
  EXPECT_DOUBLE_EQ(flat.mahalanobis(alike[0]), 0.0);
  EXPECT_LT(flat.mahalanobis(vectors[0]), -1.0);
}

TEST(Scope, DistancesComeBackFromTheirFile) {
  Rng rng(3);
  ClassDistances::Vectors vectors(40, std::vector<float>(8));
  std::vector<std::int32_t> labels;
  for (auto& vector : vectors) {
    for (float& value : vector) value = static_cast<float>(rng.normal());
    labels.push_back(static_cast<std::int32_t>(labels.size() % 4));
  }
  const ClassDistances distances = ClassDistances::fit(vectors, labels, 4);
  const yupu::testing::TempDir directory;
  ASSERT_TRUE(distances.save(directory.path()).ok());
  const auto again = ClassDistances::load(directory.path(), 8);
  ASSERT_TRUE(again.ok()) << again.status().to_string();
  for (const auto& vector : vectors) EXPECT_EQ(again->mahalanobis(vector), distances.mahalanobis(vector));
  const auto other = ClassDistances::load(directory.path(), 9);
  ASSERT_FALSE(other.ok());
  EXPECT_NE(other.status().message().find("scope.inverse_root"), std::string::npos) << other.status().message();
  ASSERT_TRUE(ClassDistances::remove(directory.path()).ok());
  EXPECT_EQ(ClassDistances::load(directory.path(), 8).status().code(), Code::kNotFound);
}

}  // namespace
}  // namespace yupu::tasks
