#include "products/recommend/methods/tower/tower.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "base/check.h"
#include "products/recommend/methods/tower/item_index.h"
#include "tasks/unit_rows.h"

namespace yupu::recommend {
namespace {

class TowerGlance final : public Glance {
 public:
  TowerGlance(const ItemVectors& vectors, const ItemIndex& index, std::vector<float> user)
      : vectors_(vectors), index_(index), user_(std::move(user)) {}

  std::vector<Scored> first(std::size_t count, std::span<const std::uint8_t> open) const override {
    return user_.empty() ? std::vector<Scored>() : index_.nearest(user_, count, open);
  }
  float score(std::uint32_t item) const override {
    float score = 0.0f;
    if (!user_.empty()) tasks::dot_rows(user_, vectors_.row(item), std::span(&score, 1));
    return score;
  }

 private:
  const ItemVectors& vectors_;
  const ItemIndex& index_;
  std::vector<float> user_;  // empty: a user without history
};

class Tower final : public Method {
 public:
  Tower(const tasks::Recommender& recommender, const ItemVectors& vectors)
      : history_max_(recommender.shape().history_max), weights_(recommender.tower()), vectors_(vectors) {
    if (recommender.projects() && vectors.width == static_cast<std::size_t>(recommender.embedder().width()))
      project(recommender, vectors);
    CHECK(weights_.query.size() == vectors_.width, "vectors of items by another model than the tower");
  }

  Status fit(const FitData& data) override {
    if (data.log.item_count() > kIndexFrom && !index_) index_.emplace(vectors_);
    return ok_status();
  }
  void score(const Moment& moment, std::span<float> scores) const override {
    tasks::tower_scores(weights_, tasks::touches_of(moment.history, moment.time_ns, history_max_), vectors_.values,
                        vectors_.width, scores);
  }
  std::unique_ptr<Glance> glance(const Moment& moment) const override {
    if (!index_) return nullptr;
    const auto touches = tasks::touches_of(moment.history, moment.time_ns, history_max_);
    return std::make_unique<TowerGlance>(vectors_, *index_,
                                         tasks::user_vector(weights_, touches, vectors_.values, vectors_.width));
  }

 private:
  void project(const tasks::Recommender& recommender, const ItemVectors& wide) {
    const auto width = static_cast<std::size_t>(recommender.width());
    std::vector<double> narrow;
    for (std::size_t item = 0; item < wide.values.size() / wide.width; ++item) {
      const std::vector<float> row = recommender.project(wide.row(item));
      narrow.insert(narrow.end(), row.begin(), row.end());
    }
    const tasks::UnitRows unit(narrow, width);
    for (std::size_t item = 0; item < unit.rows(); ++item)
      std::transform(unit.row(item).begin(), unit.row(item).end(), std::back_inserter(projected_),
                     [](double value) { return static_cast<float>(value); });
    vectors_ = {.values = projected_, .width = width};
  }

  std::size_t history_max_;
  tasks::TowerWeights weights_;
  std::vector<float> projected_;  // of vectors that came as the encoder gives them
  ItemVectors vectors_;
  std::optional<ItemIndex> index_;  // where there are many items
};

}  // namespace

std::unique_ptr<Method> make_tower(const tasks::Recommender& recommender, const ItemVectors& vectors) {
  return std::make_unique<Tower>(recommender, vectors);
}

}  // namespace yupu::recommend
