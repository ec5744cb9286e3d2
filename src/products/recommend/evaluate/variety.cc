#include "products/recommend/evaluate/variety.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <vector>

#include "products/recommend/methods/text/item_vectors.h"
#include "products/recommend/serve/diversity.h"

namespace yupu::recommend {
namespace {

double mean_likeness(std::span<const Choice> choices, std::span<const std::size_t> places) {
  double sum = 0.0;
  std::size_t pairs = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j, ++pairs) sum += likeness(choices[places[i]], choices[places[j]]);
  }
  return pairs == 0 ? 0.0 : sum / static_cast<double>(pairs);
}

double share_of(double part, double whole) { return whole == 0.0 ? 0.0 : part / whole; }

}  // namespace

double VarietyFigures::likeness_saved_share() const {
  return share_of(likeness.value - varied_likeness.value, likeness.value);
}

double VarietyFigures::ndcg_lost_share() const { return share_of(ndcg_lost.value, ndcg.value); }

OrderedJson VarietyFigures::to_json() const {
  return {{"likeness", likeness.to_json()},
          {"varied_likeness", varied_likeness.to_json()},
          {"likeness_saved_share", likeness_saved_share()},
          {"ndcg", ndcg.to_json()},
          {"varied_ndcg", varied_ndcg.to_json()},
          {"ndcg_lost", ndcg_lost.to_json()},
          {"ndcg_lost_share", ndcg_lost_share()}};
}

VarietyTally::VarietyTally(const Collection& collection, const Tools& tools, const ListRules& rules)
    : collection_(collection),
      vectors_(tools.tower_vectors),
      mean_vector_(vectors_ != nullptr ? mean_of(*vectors_) : std::vector<double>()),
      rules_(rules) {}

void VarietyTally::add(const Answer& answer) {
  const std::vector<std::uint32_t> items = answer.first(kChosenFrom);
  std::vector<Choice> choices;
  choices.reserve(items.size());
  for (const std::uint32_t item : items) {
    choices.push_back(
        {.tags = collection_.tags[item],
         .vector = vectors_ != nullptr ? about_mean(vectors_->row(item), mean_vector_) : std::vector<float>()});
  }
  std::vector<std::size_t> plain(std::min(items.size(), static_cast<std::size_t>(kListDepth)));
  std::iota(plain.begin(), plain.end(), std::size_t{0});
  const std::vector<std::size_t> varied = diversified(choices, plain.size(), rules_);
  const auto ndcg = [&](std::span<const std::size_t> places) {
    std::vector<std::uint32_t> list;
    for (const std::size_t place : places) list.push_back(items[place]);
    return list_ndcg(list, answer.question.wanted);
  };
  Sums& sums = users_[answer.question.user];
  sums.values[kLikeness] += mean_likeness(choices, plain);
  sums.values[kVariedLikeness] += mean_likeness(choices, varied);
  sums.values[kNdcg] += ndcg(plain);
  sums.values[kVariedNdcg] += ndcg(varied);
  ++sums.questions;
}

std::vector<double> VarietyTally::means(Figure figure) const {
  std::vector<double> means;
  means.reserve(users_.size());
  for (const auto& [user, sums] : users_) means.push_back(sums.values[figure] / static_cast<double>(sums.questions));
  return means;
}

VarietyFigures VarietyTally::figures(std::uint64_t seed, std::size_t resamples) const {
  const std::vector<double> plain = means(kNdcg), varied = means(kVariedNdcg);
  std::vector<double> lost(plain.size());
  for (std::size_t user = 0; user < lost.size(); ++user) lost[user] = plain[user] - varied[user];
  return {.likeness = bootstrap_mean(means(kLikeness), seed, resamples),
          .varied_likeness = bootstrap_mean(means(kVariedLikeness), seed, resamples),
          .ndcg = bootstrap_mean(plain, seed, resamples),
          .varied_ndcg = bootstrap_mean(varied, seed, resamples),
          .ndcg_lost = bootstrap_mean(lost, seed, resamples)};
}

}  // namespace yupu::recommend
