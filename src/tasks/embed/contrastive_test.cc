#include "tasks/embed/contrastive.h"

#include <cmath>
#include <functional>

#include <gtest/gtest.h>

#include "base/rng.h"
#include "engine/testing/exact_gradients.h"

namespace yupu::tasks {
namespace {

using LossOf = std::function<BatchLoss(const Embeddings&)>;

const std::vector<double> kRows = {1, .2, .9, .5, -.3, 1, .1, -1, .8, .8, -1, .4};

void expect_loss(const BatchLoss& loss, double value, const std::vector<double>& gradient) {
  EXPECT_NEAR(loss.value, value, 1e-9 * std::max(1.0, value));
  ASSERT_EQ(loss.gradient.size(), gradient.size());
  for (std::size_t i = 0; i < gradient.size(); ++i) EXPECT_NEAR(loss.gradient[i], gradient[i], 1e-9) << i;
}

// Values and gradients of sentence-transformers 6.2.0 in float64: MultipleNegativesRankingLoss,
// MultipleNegativesSymmetricRankingLoss and CoSENTLoss, scale 20, their means times the number of queries.
TEST(Contrastive, EqualsTheReferenceLibrary) {
  const Embeddings rows{kRows, 2};
  expect_loss(ranking_loss(rows, 3, {}), 18.6425394988297,
              {-5.961264262661208, 29.80632131330606, 1.803618551426257e-11, -3.2465133925672614e-11,
               1.4912895056928106, 0.44738685170784315, -19.70749538092719, -1.9707495380927185, 6.395888378007808,
               -6.395888378007803, -0.2637665982600168, -0.6594164956500415});
  expect_loss(ranking_loss(rows, 2, {}), 45.67495462427621,  // the last two rows: hard negatives
              {1.695689675184699, -8.4784483759235, -11.25343048174602, 20.256174867142832, -18.267507887492258,
               -5.480252366247677, -18.18103503403895, -1.8181035034038926, 10.36776532708005, -10.367765327080042,
               9.008082194596944e-14, 2.2520205486492367e-13});
  expect_loss(ranking_loss(rows, 3, {.scale = 20.0, .symmetric = true}), 9.358755883374668,
              {-3.0599649103691324, 15.299824551845669, 0.10153515702919469, -0.18276328265254804, 0.7460833686481161,
               0.22382501059443416, -9.85568549418529, -0.9855685494185285, 3.3197195922140246, -3.319719592214022,
               -0.13188329913049113, -0.329708247826225});
  expect_loss(score_loss(rows, std::vector<double>{1, 3, 2}, 20.0), 0.0034085324752289037,
              {6.3885878262022755e-06, -3.194293913101138e-05, 0.00882458625786689, -0.015884255264160388,
               -0.04886964145136556, -0.014660892435409668, 3.289173930321963e-05, 3.289173930321962e-06,
               -0.011692576791673629, 0.011692576791673603, 0.018368244545513272, 0.04592061136378315});
}

// Four rows of two labels, temperature 0.1: the paper's code gives 5.22308685 as the mean.
TEST(Contrastive, LabelLossEqualsTheReferenceVector) {
  const std::vector<std::int32_t> labels = {0, 0, 1, 1};
  const BatchLoss loss = label_loss({std::span(kRows).first(8), 2}, labels, 0.1);
  EXPECT_NEAR(loss.value / 4.0, 5.22308685, 1e-8);
}

TEST(Contrastive, RowsWithoutAnotherOfTheirLabelCostNothing) {
  const std::vector<std::int32_t> labels = {0, 0, 1};
  const Embeddings rows{std::span(kRows).first(6), 2};
  const double alone = label_loss(rows, std::vector<std::int32_t>{0, 1, 2}, 0.1).value;
  EXPECT_EQ(alone, 0.0);
  EXPECT_GT(label_loss(rows, labels, 0.1).value, 0.0);
}

// In 64 bits against central differences, at a width and a count where every term takes part.
TEST(Contrastive, GradientsAreTheSlopes) {
  constexpr std::size_t kWidth = 5;
  const std::vector<std::int32_t> labels = {0, 1, 0, 2, 1, 0, 3, 1};
  const std::vector<double> scores = {0.5, 2, 2, 1};
  const std::pair<const char*, LossOf> losses[] = {
      {"ranking", [](const Embeddings& e) { return ranking_loss(e, 4, {.scale = 3.0}); }},
      {"ranking, negatives", [](const Embeddings& e) { return ranking_loss(e, 3, {.scale = 3.0}); }},
      {"symmetric", [](const Embeddings& e) { return ranking_loss(e, 3, {.scale = 3.0, .symmetric = true}); }},
      {"labels", [&](const Embeddings& e) { return label_loss(e, labels, 0.5); }},
      {"scores", [&](const Embeddings& e) { return score_loss(e, scores, 3.0); }}};
  for (const auto& [name, loss] : losses) {
    std::vector<double> x(8 * kWidth);
    Rng rng(3);
    for (double& value : x) value = rng.normal();
    const LossOf& of = loss;
    const auto slopes = engine::central_differences(x, [&x, &of] { return of({x, kWidth}).value; });
    const BatchLoss at = loss({x, kWidth});
    double largest = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      EXPECT_NEAR(at.gradient[i], slopes[i], 1e-7) << name << " " << i;
      largest = std::max(largest, std::fabs(slopes[i]));
    }
    EXPECT_GT(largest, 0.1) << name;
  }
}

TEST(Contrastive, LargeScalesStayFinite) {
  const Embeddings rows{kRows, 2};
  for (const BatchLoss& loss :
       {ranking_loss(rows, 3, {.scale = 1e5}), label_loss(rows, std::vector<std::int32_t>{0, 0, 1, 1, 2, 2}, 1e-5),
        score_loss(rows, std::vector<double>{3, 1, 2}, 1e5)}) {
    EXPECT_TRUE(std::isfinite(loss.value));
    for (const double value : loss.gradient) EXPECT_TRUE(std::isfinite(value));
  }
}

}  // namespace
}  // namespace yupu::tasks
