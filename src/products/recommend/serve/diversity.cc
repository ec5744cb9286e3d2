#include "products/recommend/serve/diversity.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "products/recommend/evaluate/figures.h"
#include "products/recommend/methods/text/item_vectors.h"

namespace yupu::recommend {
namespace {

double cosine(std::span<const float> a, std::span<const float> b) {
  float sum = 0.0f;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return std::max(0.0, static_cast<double>(sum));
}

class Chooser {
 public:
  Chooser(std::span<const Choice> choices, std::size_t count, const ListRules& rules,
          const std::map<std::uint32_t, std::size_t>& caps)
      : choices_(choices),
        caps_(caps),
        relevance_(rules.relevance),
        tag_cap_(static_cast<std::size_t>(std::ceil(rules.tag_share * static_cast<double>(count)))),
        likeness_(choices.size(), 0.0),
        is_chosen_(choices.size(), 0) {
    for (std::size_t i = 0; i < choices.size(); ++i)
      worth_.push_back(choices[i].freshness * discount(static_cast<std::int64_t>(i) + 1) + choices[i].lift);
  }

  // False: nothing is left that the caps allow.
  bool choose(bool under_caps) {
    std::size_t best = choices_.size();
    double best_value = 0.0;
    for (std::size_t i = 0; i < choices_.size(); ++i) {
      if (is_chosen_[i] != 0 || is_full(i) || (under_caps && is_capped(i))) continue;
      const double alike = chosen_.empty() ? 0.0 : likeness_[i] / static_cast<double>(chosen_.size());
      const double value = relevance_ * worth_[i] - (1.0 - relevance_) * alike;
      if (best != choices_.size() && value <= best_value) continue;
      best = i;
      best_value = value;
    }
    if (best == choices_.size()) return false;
    take(best);
    return true;
  }
  std::vector<std::size_t> finish() {
    std::sort(chosen_.begin(), chosen_.end(),
              [this](std::size_t a, std::size_t b) { return worth_[a] != worth_[b] ? worth_[a] > worth_[b] : a < b; });
    return std::move(chosen_);
  }

 private:
  // One of its tags has its own cap, and as many already.
  bool is_full(std::size_t i) const {
    return !caps_.empty() && std::any_of(choices_[i].tags.begin(), choices_[i].tags.end(), [this](std::uint32_t tag) {
      const auto cap = caps_.find(tag);
      const auto found = of_tag_.find(tag);
      return cap != caps_.end() && found != of_tag_.end() && found->second >= cap->second;
    });
  }
  bool is_capped(std::size_t i) const {
    return std::any_of(choices_[i].tags.begin(), choices_[i].tags.end(), [this](std::uint32_t tag) {
      const auto found = of_tag_.find(tag);
      return found != of_tag_.end() && found->second >= tag_cap_;
    });
  }
  void take(std::size_t chosen) {
    is_chosen_[chosen] = 1;
    chosen_.push_back(chosen);
    for (const std::uint32_t tag : choices_[chosen].tags) ++of_tag_[tag];
    for (std::size_t i = 0; i < choices_.size(); ++i) likeness_[i] += likeness(choices_[i], choices_[chosen]);
  }

  std::span<const Choice> choices_;
  const std::map<std::uint32_t, std::size_t>& caps_;
  double relevance_;
  std::size_t tag_cap_;
  std::vector<double> worth_;     // r above
  std::vector<double> likeness_;  // to all of the chosen together
  std::vector<std::uint8_t> is_chosen_;
  std::map<std::uint32_t, std::size_t> of_tag_;
  std::vector<std::size_t> chosen_;
};

}  // namespace

std::vector<float> about_mean(std::span<const float> vector, std::span<const double> mean) {
  std::vector<float> about(vector.begin(), vector.end());
  centre(about, mean);
  return about;
}

double likeness(const Choice& one, const Choice& other) {
  if (!one.vector.empty() && one.vector.size() == other.vector.size()) return cosine(one.vector, other.vector);
  const std::span<const std::uint32_t> a = one.tags, b = other.tags;
  std::size_t common = 0;
  for (const std::uint32_t tag : a) common += std::binary_search(b.begin(), b.end(), tag) ? 1 : 0;
  const std::size_t all = a.size() + b.size() - common;
  return all == 0 ? 0.0 : static_cast<double>(common) / static_cast<double>(all);
}

std::vector<std::size_t> diversified(std::span<const Choice> choices, std::size_t count, const ListRules& rules,
                                     const std::map<std::uint32_t, std::size_t>& caps) {
  const std::size_t most = std::min(count, choices.size());
  Chooser chooser(choices, most, rules, caps);
  for (std::size_t i = 0; i < most; ++i) {
    if (!chooser.choose(true)) chooser.choose(false);
  }
  return chooser.finish();
}

}  // namespace yupu::recommend
