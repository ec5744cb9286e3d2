#include "products/recommend/methods/text/text.h"

#include <algorithm>
#include <vector>

#include "products/recommend/methods/profile.h"
#include "products/recommend/methods/text/item_vectors.h"
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
    const std::vector<double> mean = centred_ ? mean_of(given_) : std::vector<double>(width_, 0.0);
    for (std::size_t item = 0; item < items; ++item) centre(std::span(vectors_).subspan(item * width_, width_), mean);
    return ok_status();
  }

  void score(const Moment& moment, std::span<float> scores) const override {
    std::fill(scores.begin(), scores.end(), 0.0f);
    std::vector<float> user(width_, 0.0f);
    for (const Interest& interest : rule_.of(moment, weights_)) {
      const float* v = vectors_.data() + interest.item * width_;
      for (std::size_t c = 0; c < width_; ++c) user[c] += static_cast<float>(interest.weight) * v[c];
    }
    centre(user, std::vector<double>(width_, 0.0));
    tasks::dot_rows(user, vectors_, scores);
  }

 private:
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
