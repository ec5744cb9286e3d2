#include "products/recommend/methods/tower/tower.h"

namespace yupu::recommend {
namespace {

class Tower final : public Method {
 public:
  Tower(const tasks::Recommender& recommender, const ItemVectors& vectors)
      : history_max_(recommender.shape().history_max), weights_(recommender.tower()), vectors_(vectors) {}

  Status fit(const FitData&) override { return ok_status(); }
  void score(const Moment& moment, std::span<float> scores) const override {
    tasks::tower_scores(weights_, tasks::touches_of(moment.history, moment.time_ns, history_max_), vectors_.values,
                        vectors_.width, scores);
  }

 private:
  std::size_t history_max_;
  tasks::TowerWeights weights_;
  ItemVectors vectors_;
};

}  // namespace

std::unique_ptr<Method> make_tower(const tasks::Recommender& recommender, const ItemVectors& vectors) {
  return std::make_unique<Tower>(recommender, vectors);
}

}  // namespace yupu::recommend
