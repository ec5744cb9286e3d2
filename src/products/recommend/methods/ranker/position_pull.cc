#include "products/recommend/methods/ranker/position_pull.h"

#include <algorithm>
#include <cmath>

namespace yupu::recommend {
namespace {

constexpr int kSteps = 300;
constexpr double kRate = 0.05, kRidge = 1e-4;  // of the mean over clicks

// Of each feature: mean 0 and variance 1 over the rows that have it; where it is missing, or does not vary, it is 0.
std::vector<double> standardised(std::span<const float> features, std::size_t width) {
  std::vector<double> values(features.begin(), features.end());
  for (std::size_t f = 0; f < width; ++f) {
    double sum = 0.0, squares = 0.0, rows = 0.0;
    for (std::size_t at = f; at < values.size(); at += width) {
      if (std::isnan(values[at])) continue;
      sum += values[at];
      rows += 1.0;
    }
    const double mean = sum / std::max(1.0, rows);
    for (std::size_t at = f; at < values.size(); at += width) {
      if (std::isnan(values[at])) values[at] = mean;
      squares += (values[at] - mean) * (values[at] - mean);
    }
    const double deviation = std::sqrt(squares / std::max(1.0, rows));
    for (std::size_t at = f; at < values.size(); at += width)
      values[at] = deviation > 1e-9 ? (values[at] - mean) / deviation : 0.0;
  }
  return values;
}

// The likelihood and its slope, at g and b one after the other.
struct Logit {
  std::span<const double> features;
  std::span<const std::size_t> places;
  std::span<const float> clicked;
  std::span<const std::uint32_t> sizes;
  std::size_t width = 0, place_count = 0;

  double score(std::span<const double> at, std::size_t row) const {
    double score = at[places[row]];
    for (std::size_t f = 0; f < width; ++f) score += at[place_count + f] * features[row * width + f];
    return score;
  }
  void add(std::size_t row, double much, std::span<double> slope) const {
    slope[places[row]] += much;
    for (std::size_t f = 0; f < width; ++f) slope[place_count + f] += much * features[row * width + f];
  }
  // Of the mean over clicks.
  void slope_at(std::span<const double> at, std::span<double> slope) const {
    std::fill(slope.begin(), slope.end(), 0.0);
    double clicks = 0.0;
    std::vector<double> odds, shares;
    std::size_t begin = 0;
    for (const std::uint32_t size : sizes) {
      odds.assign(size, 0.0);
      shares.assign(size, 0.0);
      double others = 0.0;
      for (std::uint32_t i = 0; i < size; ++i) {
        odds[i] = std::exp(std::clamp(score(at, begin + i), -30.0, 30.0));
        if (clicked[begin + i] == 0.0f) others += odds[i];
      }
      double of_others = 0.0;  // over the clicks: 1 / (odds of it and of all that was not clicked)
      for (std::uint32_t i = 0; i < size; ++i) {
        if (clicked[begin + i] == 0.0f) continue;
        of_others += 1.0 / (odds[i] + others);
        shares[i] = others / (odds[i] + others);
        clicks += 1.0;
      }
      for (std::uint32_t i = 0; i < size; ++i)
        add(begin + i, clicked[begin + i] == 0.0f ? -odds[i] * of_others : shares[i], slope);
      begin += size;
    }
    for (std::size_t p = 0; p < slope.size(); ++p) slope[p] = slope[p] / std::max(1.0, clicks) - kRidge * at[p];
  }
};

// Adam (Kingma, Ba 2015, arXiv:1412.6980) on all rows at once, its steps falling to nothing.
std::vector<double> climbed(const Logit& logit) {
  const std::size_t count = logit.place_count + logit.width;
  std::vector<double> at(count, 0.0), slope(count), first(count, 0.0), second(count, 0.0);
  for (int step = 1; step <= kSteps; ++step) {
    logit.slope_at(at, slope);
    const double rate = kRate * (1.0 - static_cast<double>(step - 1) / kSteps);
    for (std::size_t p = 0; p < count; ++p) {
      first[p] = 0.9 * first[p] + 0.1 * slope[p];
      second[p] = 0.999 * second[p] + 0.001 * slope[p] * slope[p];
      const double mean = first[p] / (1.0 - std::pow(0.9, step)), square = second[p] / (1.0 - std::pow(0.999, step));
      at[p] += rate * mean / (std::sqrt(square) + 1e-8);
    }
  }
  return at;
}

}  // namespace

std::vector<float> position_pull(const RankingGroups& groups, std::size_t first_group,
                                 std::span<const std::int64_t> positions) {
  if (positions.empty()) return {};
  std::vector<std::size_t> places;
  for (const std::int64_t position : positions) places.push_back(place_of(position));
  const std::size_t first_row = groups.relevance.size() - positions.size();
  const std::vector<double> features =
      standardised(std::span(groups.features).subspan(first_row * groups.width), groups.width);
  const Logit logit{.features = features,
                    .places = places,
                    .clicked = std::span(groups.relevance).subspan(first_row),
                    .sizes = std::span(groups.sizes).subspan(first_group),
                    .width = groups.width,
                    .place_count = *std::max_element(places.begin(), places.end()) + 1};
  const std::vector<double> at = climbed(logit);
  return {at.begin(), at.begin() + static_cast<std::ptrdiff_t>(logit.place_count)};
}

}  // namespace yupu::recommend
