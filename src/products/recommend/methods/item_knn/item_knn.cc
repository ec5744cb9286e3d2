#include "products/recommend/methods/item_knn/item_knn.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "products/recommend/methods/signals.h"

namespace yupu::recommend {
namespace {

using Neighbour = std::pair<std::uint32_t, float>;

class ItemKnn final : public Method {
 public:
  explicit ItemKnn(const Settings& settings)
      : neighbours_(static_cast<std::size_t>(settings.at("neighbours"))),
        shrink_(settings.at("shrink")),
        signal_(signal_of(settings)) {}

  Status fit(const FitData& data) override {
    relevant_ = data.relevant;
    const auto rows = Signals(signal_, relevant_).rows_of(data.log);
    std::vector<std::vector<std::uint32_t>> users_of(data.log.item_count());
    for (std::uint32_t user = 0; user < rows.size(); ++user) {
      for (const std::uint32_t item : rows[user]) users_of[item].push_back(user);
    }
    near_.assign(users_of.size(), {});
    std::vector<double> shared(users_of.size(), 0.0);
    for (std::size_t i = 0; i < users_of.size(); ++i) {
      std::vector<std::uint32_t> touched;
      for (const std::uint32_t user : users_of[i]) {
        for (const std::uint32_t j : rows[user]) {
          if (j == i) continue;
          if (shared[j] == 0.0) touched.push_back(j);
          shared[j] += 1.0;
        }
      }
      for (const std::uint32_t j : touched) {
        const double length =
            std::sqrt(static_cast<double>(users_of[i].size()) * static_cast<double>(users_of[j].size()));
        near_[i].emplace_back(j, static_cast<float>(shared[j] / (length + shrink_)));
        shared[j] = 0.0;
      }
      keep_nearest(near_[i]);
    }
    return ok_status();
  }

  void score(const Moment& moment, std::span<float> scores) const override {
    std::fill(scores.begin(), scores.end(), 0.0f);
    for (const std::uint32_t i : Signals(signal_, relevant_).items_of(moment.history)) {
      for (const auto& [j, likeness] : near_[i]) scores[j] += likeness;
    }
  }

 private:
  void keep_nearest(std::vector<Neighbour>& near) const {
    std::sort(near.begin(), near.end(), [](const Neighbour& a, const Neighbour& b) {
      return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    if (near.size() > neighbours_) near.resize(neighbours_);
  }

  std::size_t neighbours_;
  double shrink_;
  Signal signal_;
  tasks::BehaviourKind relevant_ = tasks::BehaviourKind::kView;
  std::vector<std::vector<Neighbour>> near_;  // of each item, most alike first
};

}  // namespace

std::unique_ptr<Method> make_item_knn(const Settings& settings) { return std::make_unique<ItemKnn>(settings); }

}  // namespace yupu::recommend
