#include "tasks/classify/neighbours.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/rng.h"
#include "base/testing.h"
#include "model/checkpoint/safetensors.h"
#include "tasks/classify/scope_gate.h"

namespace yupu::tasks {
namespace {

using ::testing::HasSubstr;

std::vector<std::vector<float>> drawn(std::size_t count, std::size_t width, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<std::vector<float>> vectors(count, std::vector<float>(width));
  for (auto& vector : vectors) {
    for (float& value : vector) value = static_cast<float>(rng.normal());
  }
  return vectors;
}

std::vector<std::int32_t> labels_of(std::size_t count, std::int32_t classes) {
  std::vector<std::int32_t> labels;
  for (std::size_t i = 0; i < count; ++i) labels.push_back(static_cast<std::int32_t>(i) % classes);
  return labels;
}

TEST(Neighbours, TheCosineToTheKthNearestByHand) {
  // Of six vectors and one class k is 3; lengths do not count.
  const std::vector<std::vector<float>> vectors = {{2, 0}, {0, 3}, {1, 1}, {-1, 0}, {0, -5}, {4, 3}};
  const Neighbours neighbours = Neighbours::fit(vectors, std::vector<std::int32_t>(6, 0));
  EXPECT_EQ(neighbours.k(), 3u);
  EXPECT_EQ(neighbours.vector_count(), 6u);
  EXPECT_NEAR(neighbours.score(std::vector<float>{7, 0}), std::sqrt(0.5), 1e-6);  // after 1 and 0.8
  EXPECT_NEAR(neighbours.score(std::vector<float>{0, 1}), 0.6, 1e-6);             // after 1 and sqrt(1/2)
  EXPECT_NEAR(neighbours.score(std::vector<float>{-1, -1}), -std::sqrt(0.5), 1e-6);
  EXPECT_EQ(neighbours.score(std::vector<float>{0, 0}), 0.0);
}

TEST(Neighbours, FollowsTheBookFormula) {
  const auto vectors = drawn(300, 24, 5);
  const Neighbours neighbours = Neighbours::fit(vectors, labels_of(300, 7));
  EXPECT_EQ(neighbours.k(), Neighbours::kFarthest);
  for (const auto& text : drawn(20, 24, 6)) {
    std::vector<double> cosines;
    for (const auto& vector : vectors) {
      double product = 0.0, own = 0.0, other = 0.0;
      for (std::size_t c = 0; c < text.size(); ++c) {
        product += double{text[c]} * vector[c];
        own += double{text[c]} * text[c];
        other += double{vector[c]} * vector[c];
      }
      cosines.push_back(product / std::sqrt(own * other));
    }
    std::sort(cosines.begin(), cosines.end(), std::greater<>());
    EXPECT_NEAR(neighbours.score(text), cosines[Neighbours::kFarthest - 1], 1e-5);
  }
}

TEST(Neighbours, FewRowsAClassLookAtFewerAndManyAreDrawnFrom) {
  EXPECT_EQ(Neighbours::fit(drawn(50, 4, 1), labels_of(50, 10)).k(), 2u);  // five rows a class
  EXPECT_EQ(Neighbours::fit(drawn(3, 4, 1), labels_of(3, 3)).k(), 1u);
  const std::size_t many = 2 * Neighbours::kVectorsMax + 1;
  const auto vectors = drawn(many, 4, 2);
  const Neighbours neighbours = Neighbours::fit(vectors, labels_of(many, 2));
  EXPECT_EQ(neighbours.vector_count(), Neighbours::kVectorsMax);
  EXPECT_EQ(neighbours.byte_count(), Neighbours::kVectorsMax * 4 * sizeof(float));
}

// One class in two heaps: what lies between them is nearest to its mean, and no text is there.
TEST(Neighbours, SeesAHoleBetweenTwoHeapsOfOneClass) {
  Rng rng(7);
  std::vector<std::vector<float>> vectors;
  for (int i = 0; i < 400; ++i) {
    const double side = i % 2 == 0 ? 2.0 : -2.0;
    vectors.push_back({static_cast<float>(3.0 + 0.3 * rng.normal()), static_cast<float>(side + 0.3 * rng.normal())});
  }
  const std::vector<std::int32_t> one_class(400, 0);
  const Neighbours neighbours = Neighbours::fit(vectors, one_class);
  const ClassDistances distances = ClassDistances::fit(vectors, one_class, 1);
  const std::vector<float> heap = {3.0f, 2.0f};
  const std::vector<float> hole = {3.0f, 0.0f};
  EXPECT_GT(neighbours.score(heap), 0.999);
  EXPECT_LT(neighbours.score(hole), 0.95);
  EXPECT_GT(distances.mahalanobis(hole), distances.mahalanobis(heap));
}

TEST(Neighbours, AreJudgedBesideTheOtherScoresAndMayBeAGate) {
  std::vector<LabelledLogits> rows;
  for (int i = 0; i < 100; ++i) {
    const float z = static_cast<float>(i % 10);
    rows.push_back({.logits = {z, 0.0f}, .label = 0, .neighbours = 0.9 + 0.0001 * i});
    rows.push_back({.logits = {z, 0.0f}, .label = std::nullopt, .neighbours = 0.5});
  }
  const ScopeFigureList figures = scope_figures_of(rows, 1.0);
  ASSERT_EQ(figures.size(), 3u);
  EXPECT_EQ(scope_score_name(figures[2].first), "neighbours");
  EXPECT_EQ(figures[2].second.auroc, 1.0);
  EXPECT_EQ(figures[0].second.auroc, 0.5);
  const auto scores = scores_of(rows);
  EXPECT_EQ(std::count(scores.begin(), scores.end(), ScopeScore::kNeighbours), 0) << "only when it is named";
  EXPECT_EQ(find_gate_choice("neighbours"), GateChoice::kNeighbours);
  const TriedGate tried = try_gate(rows, *score_of(GateChoice::kNeighbours), 1.0);
  EXPECT_NEAR(tried.gate.threshold, 0.9005, 1e-9);  // five of the hundred are below
  EXPECT_TRUE(reads_neighbours(tried.gate));
  EXPECT_FALSE(reads_distances(tried.gate));
}

TEST(Neighbours, ComeBackFromTheirFileOrSayWhatIsWrongWithIt) {
  const yupu::testing::TempDir directory;
  const auto vectors = drawn(40, 8, 3);
  const Neighbours neighbours = Neighbours::fit(vectors, labels_of(40, 4));
  ASSERT_TRUE(neighbours.save(directory.path()).ok());
  const auto again = Neighbours::load(directory.path(), 8);
  ASSERT_TRUE(again.ok()) << again.status().to_string();
  EXPECT_EQ(again->k(), neighbours.k());
  for (const auto& text : drawn(10, 8, 4)) EXPECT_EQ(again->score(text), neighbours.score(text));
  EXPECT_THAT(Neighbours::load(directory.path(), 9).status().message(), HasSubstr("neighbours.vectors"));
  const std::pair<std::string, engine::Tensor> tensors[] = {
      {"neighbours.vectors", engine::Tensor::from({2, 2}, std::vector<float>{1, 0, 0, 1})}};
  ASSERT_TRUE(model::write_safetensors(directory.file("neighbours.safetensors"), tensors, {{"k", "3"}}).ok());
  EXPECT_THAT(Neighbours::load(directory.path(), 2).status().message(), HasSubstr("'k' is \"3\", must be 1 to 2"));
  ASSERT_TRUE(Neighbours::remove(directory.path()).ok());
  EXPECT_EQ(Neighbours::load(directory.path(), 8).status().code(), Code::kNotFound);
}

}  // namespace
}  // namespace yupu::tasks
