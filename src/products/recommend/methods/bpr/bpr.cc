#include "products/recommend/methods/bpr/bpr.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/rng.h"
#include "products/recommend/methods/signals.h"

namespace yupu::recommend {
namespace {

constexpr std::uint64_t kTrainStream = 0xB92'0001, kFoldInStream = 0xB92'0002;
constexpr std::size_t kFoldInPasses = 10;  // over a user's history when they are scored
constexpr float kInitialScale = 0.1f;      // of factors at first, in standard deviations

class Bpr final : public Method {
 public:
  explicit Bpr(const Settings& settings)
      : factors_(static_cast<std::size_t>(settings.at("factors"))),
        epochs_(static_cast<std::size_t>(settings.at("epochs"))),
        lr_(static_cast<float>(settings.at("lr"))),
        regularisation_(static_cast<float>(settings.at("regularisation"))),
        signal_(signal_of(settings)) {}

  Status fit(const FitData& data) override {
    relevant_ = data.relevant;
    seed_ = data.seed;
    items_ = data.log.item_count();
    const auto rows = Signals(signal_, relevant_).rows_of(data.log);
    std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
    for (std::uint32_t user = 0; user < rows.size(); ++user) {
      for (const std::uint32_t item : rows[user]) pairs.emplace_back(user, item);
    }
    Rng rng(seed_, kTrainStream);
    q_.resize(items_ * factors_);
    std::vector<float> p(rows.size() * factors_);
    for (std::vector<float>* part : {&q_, &p}) {
      for (float& value : *part) value = kInitialScale * static_cast<float>(rng.normal());
    }
    bias_.assign(items_, 0.0f);
    for (std::size_t step = 0; step < epochs_ * pairs.size(); ++step) {
      const auto [user, item] = pairs[rng.below(pairs.size())];
      if (rows[user].size() == items_) continue;  // nothing that is not theirs
      learn_pair(std::span(p).subspan(user * factors_, factors_), item, other_item(rows[user], rng));
    }
    return ok_status();
  }

  void score(const Moment& moment, std::span<float> scores) const override {
    std::fill(scores.begin(), scores.end(), 0.0f);
    const auto items = Signals(signal_, relevant_).items_of(moment.history);
    if (items.empty() || items.size() == items_) return;
    const std::vector<float> p = user_vector(items);
    for (std::size_t j = 0; j < items_; ++j) scores[j] = bias_[j] + dot(p, j);
  }

 private:
  float dot(std::span<const float> p, std::size_t item) const {
    const float* q = q_.data() + item * factors_;
    float sum = 0.0f;
    for (std::size_t k = 0; k < factors_; ++k) sum += p[k] * q[k];
    return sum;
  }

  // An item that is none of these.  REQUIRES: there is one.
  std::uint32_t other_item(const std::vector<std::uint32_t>& own, Rng& rng) const {
    while (true) {
      const auto item = static_cast<std::uint32_t>(rng.below(items_));
      if (!std::binary_search(own.begin(), own.end(), item)) return item;
    }
  }

  // How much of a step the pair still asks for: sigmoid(-x).
  float slope(std::span<const float> p, std::uint32_t i, std::uint32_t j) const {
    const float x = bias_[i] - bias_[j] + dot(p, i) - dot(p, j);
    return 1.0f / (1.0f + std::exp(x));
  }

  void learn_pair(std::span<float> p, std::uint32_t i, std::uint32_t j) {
    const float s = slope(p, i, j);
    float* qi = q_.data() + i * factors_;
    float* qj = q_.data() + j * factors_;
    for (std::size_t k = 0; k < factors_; ++k) {
      const float pk = p[k];
      p[k] += lr_ * (s * (qi[k] - qj[k]) - regularisation_ * pk);
      qi[k] += lr_ * (s * pk - regularisation_ * qi[k]);
      qj[k] += lr_ * (-s * pk - regularisation_ * qj[k]);
    }
    bias_[i] += lr_ * (s - regularisation_ * bias_[i]);
    bias_[j] += lr_ * (-s - regularisation_ * bias_[j]);
  }

  // The same steps on the user's side alone.  The random numbers follow from the history.
  std::vector<float> user_vector(const std::vector<std::uint32_t>& items) const {
    Rng rng(seed_, kFoldInStream);
    std::vector<float> p(factors_, 0.0f);
    for (std::size_t step = 0; step < kFoldInPasses * items.size(); ++step) {
      const std::uint32_t i = items[rng.below(items.size())];
      const std::uint32_t j = other_item(items, rng);
      const float s = slope(p, i, j);
      const float* qi = q_.data() + i * factors_;
      const float* qj = q_.data() + j * factors_;
      for (std::size_t k = 0; k < factors_; ++k) p[k] += lr_ * (s * (qi[k] - qj[k]) - regularisation_ * p[k]);
    }
    return p;
  }

  std::size_t factors_, epochs_;
  float lr_, regularisation_;
  Signal signal_;
  tasks::BehaviourKind relevant_ = tasks::BehaviourKind::kView;
  std::uint64_t seed_ = 1;
  std::size_t items_ = 0;
  std::vector<float> q_, bias_;
};

}  // namespace

std::unique_ptr<Method> make_bpr(const Settings& settings) { return std::make_unique<Bpr>(settings); }

}  // namespace yupu::recommend
