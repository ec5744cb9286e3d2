#include "products/service/knowledge/fusion.h"

#include <algorithm>
#include <map>

#include "base/check.h"

namespace yupu::products {
namespace {
constexpr double kRankOffset = 60.0;  // the paper's k
}  // namespace

bool is_better(const Ranked& a, const Ranked& b) { return a.score != b.score ? a.score > b.score : a.id < b.id; }

std::vector<Ranked> fuse(std::span<const std::vector<Ranked>> lists, std::span<const double> weights) {
  CHECK(lists.size() == weights.size(), "a weight for every list");
  std::map<std::int64_t, double> scores;
  for (std::size_t l = 0; l < lists.size(); ++l) {
    for (std::size_t i = 0; i < lists[l].size(); ++i)
      scores[lists[l][i].id] += weights[l] / (kRankOffset + static_cast<double>(i + 1));
  }
  std::vector<Ranked> fused;
  fused.reserve(scores.size());
  for (const auto& [id, score] : scores) fused.push_back({id, score});
  std::sort(fused.begin(), fused.end(), is_better);
  return fused;
}

std::vector<Ranked> blend(std::span<const Ranked> before, std::span<const Ranked> read, double weight) {
  std::vector<Ranked> out(before.begin(), before.end());
  if (weight <= 0.0 || read.empty()) return out;
  std::map<std::int64_t, std::size_t> places;
  for (std::size_t i = 0; i < read.size(); ++i) places[read[i].id] = i;
  std::vector<Ranked> behind;
  std::vector<Ranked> mixed;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const auto place = places.find(before[i].id);
    if (place == places.end()) {
      behind.push_back({before[i].id, -static_cast<double>(i + 1)});
      continue;
    }
    const double own = read[place->second].score;
    const double rank_before = kRankOffset + static_cast<double>(i + 1);
    const double rank_read = kRankOffset + static_cast<double>(place->second + 1);
    mixed.push_back({before[i].id, weight >= 1.0 ? own : (1.0 - weight) / rank_before + weight / rank_read});
  }
  std::stable_sort(mixed.begin(), mixed.end(), [](const Ranked& a, const Ranked& b) { return a.score > b.score; });
  mixed.insert(mixed.end(), behind.begin(), behind.end());
  return mixed;
}

}  // namespace yupu::products
