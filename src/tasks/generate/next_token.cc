// Which token comes next (generation.h).
#include <algorithm>
#include <cmath>
#include <numeric>

#include "tasks/generate/generation.h"

namespace yupu::tasks {
namespace {

void penalise(std::span<float> scores, const std::vector<bool>& seen, double penalty) {
  if (penalty == 1.0) return;
  const auto factor = static_cast<float>(penalty);
  for (std::size_t id = 0; id < scores.size(); ++id) {
    if (seen[id]) scores[id] = scores[id] > 0 ? scores[id] / factor : scores[id] * factor;
  }
}

// Ids by falling score, equal ones by rising id; the `count` first are in place.
std::vector<std::int32_t> ranked(std::span<const float> scores, std::size_t count) {
  std::vector<std::int32_t> ids(scores.size());
  std::iota(ids.begin(), ids.end(), 0);
  const auto better = [&](std::int32_t a, std::int32_t b) {
    const float left = scores[static_cast<std::size_t>(a)], right = scores[static_cast<std::size_t>(b)];
    return left != right ? left > right : a < b;
  };
  std::partial_sort(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(count), ids.end(), better);
  ids.resize(count);
  return ids;
}

}  // namespace

std::int32_t next_token(std::span<float> scores, const std::vector<bool>& seen, const GenerateOptions& options,
                        Rng& rng) {
  penalise(scores, seen, options.repetition_penalty);
  if (options.temperature == 0.0)
    return static_cast<std::int32_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
  const std::size_t count =
      options.top_k > 0 ? std::min(scores.size(), static_cast<std::size_t>(options.top_k)) : scores.size();
  std::vector<std::int32_t> ids = ranked(scores, count);
  const double highest = static_cast<double>(scores[static_cast<std::size_t>(ids[0])]);
  std::vector<double> weights;
  double total = 0.0;
  for (const std::int32_t id : ids) {
    weights.push_back(
        std::exp((static_cast<double>(scores[static_cast<std::size_t>(id)]) - highest) / options.temperature));
    total += weights.back();
  }
  double kept = 0.0;
  std::size_t last = 0;
  while (last < ids.size() && (last == 0 || kept < options.top_p * total)) kept += weights[last++];
  double left = rng.uniform() * kept;
  for (std::size_t i = 0; i < last; ++i) {
    left -= weights[i];
    if (left < 0.0) return ids[i];
  }
  return ids[last - 1];
}

}  // namespace yupu::tasks
