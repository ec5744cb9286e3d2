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

}  // namespace yupu::products
