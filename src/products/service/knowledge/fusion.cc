#include "products/service/knowledge/fusion.h"

#include <algorithm>
#include <map>

namespace yupu::products {
namespace {
constexpr double kRankOffset = 60.0;  // the paper's k
}  // namespace

bool is_better(const Ranked& a, const Ranked& b) { return a.score != b.score ? a.score > b.score : a.id < b.id; }

std::vector<Ranked> fuse(std::span<const std::vector<Ranked>> lists) {
  std::map<std::int64_t, double> scores;
  for (const std::vector<Ranked>& list : lists) {
    for (std::size_t i = 0; i < list.size(); ++i)
      scores[list[i].id] += 1.0 / (kRankOffset + static_cast<double>(i + 1));
  }
  std::vector<Ranked> fused;
  fused.reserve(scores.size());
  for (const auto& [id, score] : scores) fused.push_back({id, score});
  std::sort(fused.begin(), fused.end(), is_better);
  return fused;
}

}  // namespace yupu::products
