#include "products/recommend/methods/ease/ease.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "engine/error.h"
#include "engine/linear_algebra/cholesky.h"
#include "products/recommend/methods/signals.h"

namespace yupu::recommend {
namespace {

class Ease final : public Method {
 public:
  explicit Ease(const Settings& settings) : lambda_(settings.at("lambda")), signal_(signal_of(settings)) {}

  Status fit(const FitData& data) override {
    relevant_ = data.relevant;
    items_ = data.log.item_count();
    if (items_ > kEaseItemsMax) {
      return {Code::kTooLarge, fmt::format("ease: {} items, its dense matrix holds {}", items_, kEaseItemsMax)};
    }
    try {
      weights_ = gram(data);
      if (!engine::invert_positive_definite(data.context, weights_))
        return internal_error(fmt::format("ease: X^T X + {} I is not positive definite", lambda_));
    } catch (const engine::EngineError& error) {
      return {Code::kResourceExhausted, fmt::format("ease: {}", error.what())};
    }
    std::vector<float> diagonal(items_);
    for (std::size_t j = 0; j < items_; ++j) diagonal[j] = row(j)[j];
    for (std::size_t i = 0; i < items_; ++i) {
      const std::span<float> b = row(i);
      for (std::size_t j = 0; j < items_; ++j) b[j] /= -diagonal[j];
      b[i] = 0.0f;
    }
    return ok_status();
  }

  void score(const Moment& moment, std::span<float> scores) const override {
    std::fill(scores.begin(), scores.end(), 0.0f);
    for (const std::uint32_t i : Signals(signal_, relevant_).items_of(moment.history)) {
      const std::span<const float> b = row(i);
      for (std::size_t j = 0; j < scores.size(); ++j) scores[j] += b[j];
    }
  }

 private:
  std::span<float> row(std::size_t i) const { return weights_.values().subspan(i * items_, items_); }

  // X^T X + lambda I, counted user by user: a user touches few items.
  engine::Tensor gram(const FitData& data) const {
    const auto n = static_cast<std::int64_t>(items_);
    const engine::Tensor g = engine::Tensor::zeros({n, n});
    for (const auto& items : Signals(signal_, relevant_).rows_of(data.log)) {
      for (const std::uint32_t i : items) {
        float* to = g.f32() + static_cast<std::size_t>(i) * items_;
        for (const std::uint32_t j : items) to[j] += 1.0f;
      }
    }
    for (std::size_t i = 0; i < items_; ++i) g.f32()[i * items_ + i] += static_cast<float>(lambda_);
    return g;
  }

  double lambda_;
  Signal signal_;
  tasks::BehaviourKind relevant_ = tasks::BehaviourKind::kView;
  std::size_t items_ = 0;
  engine::Tensor weights_;  // B (items, items)
};

}  // namespace

std::unique_ptr<Method> make_ease(const Settings& settings) { return std::make_unique<Ease>(settings); }

}  // namespace yupu::recommend
