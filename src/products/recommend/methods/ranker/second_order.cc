#include "products/recommend/methods/ranker/second_order.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "products/recommend/methods/cross/query.h"

namespace yupu::recommend {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

}  // namespace

SecondOrder::SecondOrder(const PairScorer* scorer, std::span<const std::string> texts, std::size_t top)
    : scorer_(scorer), texts_(texts), top_(top) {}

void SecondOrder::add_names(std::vector<std::string>& names) const {
  if (!is_there()) return;
  names.push_back(scorer_->name());
  names.push_back(scorer_->name() + ".share");
}

std::vector<std::size_t> SecondOrder::first_of(std::span<const float> scores) const {
  std::vector<std::size_t> places(scores.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  const auto end = places.begin() + static_cast<std::ptrdiff_t>(std::min(top_, places.size()));
  std::partial_sort(places.begin(), end, places.end(), [&](std::size_t a, std::size_t b) {
    return scores[a] != scores[b] ? scores[a] > scores[b] : a < b;
  });
  places.erase(end, places.end());
  return places;
}

SecondOrder::Scores SecondOrder::read(const Moment& moment, std::span<const std::uint32_t> items) const {
  std::vector<std::string_view> texts;
  for (const std::uint32_t item : items)
    texts.push_back(item < texts_.size() ? item_side(texts_[item]) : std::string_view());
  return scorer_->scores(query_of(moment.history, texts_), texts, moment.deadline_ns);
}

std::vector<float> SecondOrder::widened(std::span<const float> rows, std::size_t width,
                                        std::span<const std::size_t> places, const Scores& read) const {
  const std::size_t wide = width + 2;
  std::vector<float> features(rows.size() / width * wide, kMissing);
  for (std::size_t row = 0; row < rows.size() / width; ++row) {
    const auto from = rows.subspan(row * width, width);
    std::copy(from.begin(), from.end(), features.begin() + static_cast<std::ptrdiff_t>(row * wide));
  }
  float largest = 0.0f;
  for (const auto& score : read) largest = std::max(largest, score.value_or(0.0f));
  for (std::size_t i = 0; i < read.size(); ++i) {
    if (!read[i]) continue;
    float* const columns = features.data() + places[i] * wide + width;
    columns[0] = *read[i];
    columns[1] = largest > 0.0f ? *read[i] / largest : 0.0f;
  }
  return features;
}

void SecondOrder::put_in_order(std::span<const float> rows, std::span<const std::size_t> places,
                               std::span<float> scores) const {
  if (places.empty() || !has_trees()) return;
  const std::size_t width = rows.size() / scores.size();
  const float last = scores[places.back()];  // of the first order, the least among those that are read
  std::vector<float> again;
  for (const std::size_t place : places) again.push_back(forest_.score(rows.subspan(place * width, width)));
  const float least = *std::min_element(again.begin(), again.end());
  std::vector<std::uint8_t> is_read(scores.size(), 0);
  for (std::size_t i = 0; i < places.size(); ++i) {
    is_read[places[i]] = 1;
    scores[places[i]] = again[i];
  }
  constexpr float kBelow = 1e-3f;
  for (std::size_t row = 0; row < scores.size(); ++row) {
    if (is_read[row] == 0) scores[row] += least - last - kBelow;
  }
}

Status SecondOrder::learn(const RankingGroups& groups, const BoostingShape& shape) {
  YUPU_ASSIGN_OR_RETURN(forest_, lambda_mart(groups, shape));
  if (!forest_.has_splits()) forest_ = {};
  return ok_status();
}

}  // namespace yupu::recommend
