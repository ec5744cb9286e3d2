#include "products/recommend/methods/text/text.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "products/recommend/methods/profile.h"
#include "tasks/unit_rows.h"

namespace yupu::recommend {
namespace {

class Text final : public Method {
 public:
  Text(const Settings& settings, const ItemVectors& vectors)
      : rule_(settings), centred_(settings.at("centred") != 0.0), given_(vectors), width_(vectors.width) {}

  Status fit(const FitData& data) override {
    weights_ = data.weights;
    vectors_.assign(given_.values.begin(), given_.values.end());
    const std::size_t items = vectors_.size() / width_;
    std::vector<double> mean(width_, 0.0);
    if (centred_) {
      for (std::size_t i = 0; i < vectors_.size(); ++i)
        mean[i % width_] += static_cast<double>(vectors_[i]) / static_cast<double>(items);
    }
    for (std::size_t item = 0; item < items; ++item)
      normalise(std::span(vectors_).subspan(item * width_, width_), mean);
    return ok_status();
  }

  void score(const Moment& moment, std::span<float> scores) const override {
    std::fill(scores.begin(), scores.end(), 0.0f);
    std::vector<float> user(width_, 0.0f);
    for (const Interest& interest : rule_.of(moment, weights_)) {
      const float* v = vectors_.data() + interest.item * width_;
      for (std::size_t c = 0; c < width_; ++c) user[c] += static_cast<float>(interest.weight) * v[c];
    }
    normalise(user, std::vector<double>(width_, 0.0));
    tasks::dot_rows(user, vectors_, scores);
  }

 private:
  // Without the mean, at length one; what has no length stays zero.
  static void normalise(std::span<float> v, const std::vector<double>& mean) {
    double square = 0.0;
    for (std::size_t c = 0; c < v.size(); ++c) {
      v[c] -= static_cast<float>(mean[c]);
      square += static_cast<double>(v[c]) * static_cast<double>(v[c]);
    }
    if (square == 0.0) return;
    const auto factor = static_cast<float>(1.0 / std::sqrt(square));
    for (float& value : v) value *= factor;
  }

  ProfileRule rule_;
  bool centred_;
  ItemVectors given_;
  std::size_t width_;
  tasks::KindWeights weights_;
  std::vector<float> vectors_;  // (items, width)
};

}  // namespace

std::unique_ptr<Method> make_text(const Settings& settings, const ItemVectors& vectors) {
  return std::make_unique<Text>(settings, vectors);
}

}  // namespace yupu::recommend
