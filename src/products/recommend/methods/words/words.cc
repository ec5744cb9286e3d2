#include "products/recommend/methods/words/words.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "products/recommend/methods/profile.h"
#include "text/bm25/bm25.h"

namespace yupu::recommend {
namespace {

class Words final : public Method {
 public:
  Words(const Settings& settings, std::span<const std::string> texts) : rule_(settings), texts_(texts) {}

  Status fit(const FitData& data) override {
    weights_ = data.weights;
    std::map<std::string, std::uint32_t> numbers;
    items_.assign(texts_.size(), {});
    for (std::size_t item = 0; item < texts_.size(); ++item) {
      std::map<std::uint32_t, double> counts;
      for (const std::string& term : text::bm25_terms(texts_[item])) {
        const auto number = static_cast<std::uint32_t>(numbers.size());
        counts[numbers.emplace(term, number).first->second] += 1.0;
      }
      for (const auto& [term, count] : counts)
        items_[item].emplace_back(term, static_cast<float>(1.0 + std::log(count)));
    }
    postings_.assign(numbers.size(), {});
    for (std::uint32_t item = 0; item < items_.size(); ++item) {
      for (const auto& [term, weight] : items_[item]) postings_[term].emplace_back(item, 0.0f);
    }
    weigh();
    return ok_status();
  }

  void score(const Moment& moment, std::span<float> scores) const override {
    std::fill(scores.begin(), scores.end(), 0.0f);
    std::map<std::uint32_t, double> user;
    for (const Interest& interest : rule_.of(moment, weights_)) {
      for (const auto& [term, weight] : items_[interest.item])
        user[term] += interest.weight * static_cast<double>(weight);
    }
    for (const auto& [term, weight] : user) {
      for (const auto& [item, share] : postings_[term]) scores[item] += static_cast<float>(weight) * share;
    }
  }

 private:
  // idf and length into the items' weights, and these into the postings.
  void weigh() {
    const double count = static_cast<double>(items_.size());
    std::vector<std::size_t> filled(postings_.size(), 0);
    for (auto& item : items_) {
      double square = 0.0;
      for (auto& [term, weight] : item) {
        weight *= static_cast<float>(std::log((1.0 + count) / (1.0 + static_cast<double>(postings_[term].size()))));
        square += static_cast<double>(weight) * static_cast<double>(weight);
      }
      for (auto& [term, weight] : item) {
        if (square > 0.0) weight /= static_cast<float>(std::sqrt(square));
        postings_[term][filled[term]++].second = weight;
      }
    }
  }

  using Weighted = std::vector<std::pair<std::uint32_t, float>>;
  ProfileRule rule_;
  std::span<const std::string> texts_;
  tasks::KindWeights weights_;
  std::vector<Weighted> items_;     // terms of each item
  std::vector<Weighted> postings_;  // items of each term, ascending
};

}  // namespace

std::unique_ptr<Method> make_words(const Settings& settings, std::span<const std::string> texts) {
  return std::make_unique<Words>(settings, texts);
}

}  // namespace yupu::recommend
