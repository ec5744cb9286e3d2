#include "model/adapters/adalora/allocator.h"

#include <cmath>

#include <gtest/gtest.h>

namespace yupu::model::adalora {
namespace {

using engine::Parameter;

TEST(Budget, TheCubicScheduleVector) {
  const Budget budget{.matrices = 72,
                      .rank = 3,
                      .target_rank = 1,
                      .warmup_steps = 100,
                      .final_steps = 300,
                      .total_steps = 1000,
                      .interval = 10};
  const std::pair<std::int64_t, std::int64_t> live[] = {{0, 216},  {100, 216}, {101, 215}, {110, 208}, {250, 132},
                                                        {400, 90}, {550, 74},  {650, 72},  {700, 72},  {701, 72}};
  for (const auto& [step, count] : live) EXPECT_EQ(budget.live(step), count) << step;
  for (const std::int64_t step : {110, 250, 400, 690, 700}) EXPECT_TRUE(budget.masks(step)) << step;
  for (const std::int64_t step : {0, 90, 100, 101, 255, 701, 710}) EXPECT_FALSE(budget.masks(step)) << step;
  EXPECT_FALSE(budget.is_final(699));
  EXPECT_TRUE(budget.is_final(700));
}

TEST(SelectLive, ExactlyTheBudgetAndTheEarlierOfEqualOnes) {
  EXPECT_EQ(select_live(std::vector<double>{1, 3, 2, 3}, 2), (std::vector<bool>{false, true, false, true}));
  EXPECT_EQ(select_live(std::vector<double>{1, 1, 1, 1}, 3), (std::vector<bool>{true, true, true, false}));
  EXPECT_EQ(select_live(std::vector<double>{0, 0}, 2), (std::vector<bool>{true, true}));
  EXPECT_EQ(select_live(std::vector<double>{5, 4}, 0), (std::vector<bool>{false, false}));
}

class OneMatrix : public ::testing::Test {
 protected:
  // A base of width 2 with one layer; query (2,2) adapted at rank 2.
  void SetUp() override {
    EncoderConfig base;
    base.vocab_size = 8;
    base.hidden_size = 2;
    base.layer_count = 1;
    base.head_count = 1;
    base.intermediate_size = 2;
    AdapterConfig config;
    config.method = "adalora";
    config.rank = 2;
    config.target_rank = 1;
    config.warmup_steps = 1;
    config.final_steps = 2;
    config.total_steps = 6;
    config.interval = 1;
    config.orthogonality = 0.5;
    const ModuleRank rank{{0, Module::kQuery}, 2, 4.0};
    adapter_ = Adapter::blank(config, base, {&rank, 1}, false);
    change_ = adapter_->low_rank({0, Module::kQuery});
  }
  static void set(Parameter* parameter, std::initializer_list<float> values, std::initializer_list<float> gradient) {
    std::copy(values.begin(), values.end(), parameter->value.values().begin());
    if (!parameter->grad.defined()) parameter->grad = engine::Tensor::empty(parameter->value.shape());
    std::copy(gradient.begin(), gradient.end(), parameter->grad.values().begin());
    parameter->has_grad = true;
  }

  std::unique_ptr<Adapter> adapter_;
  LowRank change_;
  engine::ExecutionContext context_{1};
};

// By hand: I = |w g|, Ibar = 0.15 I, Ubar = 0.15 |I - 0.15 I|, so s = 0.15 * 0.15 * 0.85 I^2 after one update.
TEST_F(OneMatrix, ImportanceAndMaskByHand) {
  Allocator allocator(*adapter_);
  set(change_.up, {1, 2, 3, 4}, {0.1f, 0.1f, 0.1f, 0.1f});    // (O,r): column 0 is 1, 3
  set(change_.down, {1, 1, 2, 2}, {0.1f, 0.1f, 0.1f, 0.1f});  // (r,I)
  set(change_.diagonal, {5, 0.5f}, {-0.2f, 0.2f});
  allocator.after_update(1, 0.5f);
  EXPECT_EQ(allocator.live(), 2);  // warm-up: nothing masked
  for (const auto& [name, tensor] : allocator.state()) {
    if (name.ends_with("lora_E.importance")) {
      EXPECT_NEAR(tensor.values()[0], 0.15 * 0.5, 1e-7);
    }
    if (name.ends_with("lora_E.uncertainty")) {
      EXPECT_NEAR(tensor.values()[0], 0.15 * 0.85 * 0.5, 1e-7);
    }
  }
  // S_0 ~ I(lambda_0)^2 + mean(P)^2 + ..: 0.5^2 + (0.05^2 + 0.15^2)/2 + 0.05^2; S_1: 0.05^2 + (0.1^2 + 0.2^2)/2 +
  // 0.1^2.
  allocator.after_update(4, 0.5f);  // t == T - tf: the final mask, one value lives
  EXPECT_EQ(allocator.live(), 1);
  EXPECT_EQ(change_.diagonal->value.values()[0], 5.0f);
  EXPECT_EQ(change_.diagonal->value.values()[1], 0.0f);
  const double unit = 0.15 * 0.15 * 0.85;
  EXPECT_NEAR(allocator.threshold(), unit * (0.25 + (0.0025 + 0.0225) / 2 + 0.0025), 1e-7);
  change_.diagonal->value.values()[1] = 7;  // whatever the optimiser does now
  allocator.after_update(5, 1.0f);
  EXPECT_EQ(change_.diagonal->value.values()[1], 0.0f);
  allocator.compact();
  EXPECT_EQ(change_.up->value.shape(), (engine::Shape{2, 1}));
  EXPECT_EQ(change_.up->value.values()[1], 3.0f);
  EXPECT_EQ(change_.down->value.shape(), (engine::Shape{1, 2}));
  EXPECT_EQ(adapter_->config().rank_pattern[0].second, (std::vector<bool>{true, false}));
}

TEST_F(OneMatrix, MaskedValuesComeBack) {
  Allocator allocator(*adapter_);
  set(change_.up, {0, 0, 0, 0}, {0, 0, 0, 0});
  set(change_.down, {0, 0, 0, 0}, {0, 0, 0, 0});
  set(change_.diagonal, {5, 1}, {1, 1});
  allocator.after_update(3, 1.0f);  // m = 1/3: int(1 + 1/27) = 1 lives
  EXPECT_EQ(change_.diagonal->value.values()[1], 0.0f);
  set(change_.diagonal, {5, 50}, {1, 1});  // it kept its gradient and grew
  allocator.after_update(3, 1.0f);
  EXPECT_EQ(change_.diagonal->value.values()[0], 0.0f);
  EXPECT_EQ(change_.diagonal->value.values()[1], 50.0f);
}

TEST_F(OneMatrix, OrthogonalityIsTheNormAndItsGradient) {
  Allocator allocator(*adapter_);
  set(change_.up, {0.9f, 0.2f, -0.3f, 1.1f}, {1, 1, 1, 1});
  set(change_.down, {0.7f, -0.4f, 0.1f, 0.8f}, {0, 0, 0, 0});
  change_.down->has_grad = false;
  const auto norms = [&] {
    double total = 0;
    for (const bool left : {true, false}) {
      const auto w = (left ? change_.up : change_.down)->value.values();
      double squares = 0;
      for (std::size_t i = 0; i < 2; ++i) {
        for (std::size_t j = 0; j < 2; ++j) {
          double dot = i == j ? -1.0 : 0.0;
          for (std::size_t k = 0; k < 2; ++k) {
            dot += left ? double{w[k * 2 + i]} * double{w[k * 2 + j]} : double{w[i * 2 + k]} * double{w[j * 2 + k]};
          }
          squares += dot * dot;
        }
      }
      total += 0.5 * 0.5 * std::sqrt(squares);
    }
    return total;
  };
  EXPECT_NEAR(allocator.add_orthogonality(context_), norms(), 1e-6);
  for (const auto& [parameter, before] : {std::pair{change_.up, 1.0}, std::pair{change_.down, 0.0}}) {
    for (std::size_t i = 0; i < 4; ++i) {
      float& w = parameter->value.values()[i];
      const float kept = w;
      w = kept + 1e-3f;
      const double above = norms();
      w = kept - 1e-3f;
      const double below = norms();
      w = kept;
      EXPECT_NEAR(parameter->grad.values()[i], before + (above - below) / 2e-3, 1e-3) << i;
    }
  }
}

}  // namespace
}  // namespace yupu::model::adalora
