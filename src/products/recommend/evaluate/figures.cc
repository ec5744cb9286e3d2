#include "products/recommend/evaluate/figures.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.h"
#include "base/rng.h"

namespace yupu::recommend {
namespace {

constexpr std::uint64_t kResampleStream = 0xB007'0001;
constexpr double kLow = 0.025, kHigh = 0.975;

// Between the two nearest of the sorted values.
double percentile(std::span<const double> sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

}  // namespace

double discount(std::int64_t rank) { return 1.0 / std::log2(static_cast<double>(rank) + 1.0); }

ListFigures list_figures(std::span<const Placing> wanted) {
  CHECK(!wanted.empty(), "a list nobody wanted anything of");
  std::vector<Placing> placed(wanted.begin(), wanted.end());
  std::stable_sort(placed.begin(), placed.end(), [](const Placing& a, const Placing& b) { return a.score > b.score; });
  ListFigures figures;
  double best = 0.0;
  for (std::size_t i = 0; i < placed.size(); ++i) {
    const std::int64_t rank = placed[i].ahead + static_cast<std::int64_t>(i) + 1;
    if (i == 0) figures.mrr = 1.0 / static_cast<double>(rank);
    if (rank <= kRecallDepth) figures.recall += 1.0;
    if (rank <= kListDepth) figures.ndcg += discount(rank);
    if (std::cmp_less(i, kListDepth)) best += discount(static_cast<std::int64_t>(i) + 1);
  }
  figures.recall /= static_cast<double>(placed.size());
  figures.ndcg /= best;
  return figures;
}

double list_ndcg(std::span<const std::uint32_t> list, std::span<const std::uint32_t> wanted) {
  CHECK(std::cmp_less_equal(list.size(), kListDepth), "a list that is too long");
  std::vector<Placing> placed;
  std::int64_t ahead = 0;  // of what is not wanted
  for (const std::uint32_t item : list) {
    if (std::binary_search(wanted.begin(), wanted.end(), item))
      placed.push_back({.item = item, .ahead = ahead, .score = 1.0f});
    else
      ++ahead;
  }
  placed.resize(wanted.size(), {.ahead = kListDepth});  // the others stand below the list
  return list_figures(placed).ndcg;
}

OrderedJson Interval::to_json() const { return {{"value", value}, {"low", low}, {"high", high}}; }

Interval bootstrap_mean(std::span<const double> values, std::uint64_t seed, std::size_t resamples) {
  if (values.empty()) return {};
  Interval interval;
  interval.value = interval.low = interval.high = mean_of(values);
  if (resamples == 0) return interval;
  Rng rng(seed, kResampleStream);
  std::vector<double> means(resamples);
  for (double& mean : means) {
    double sum = 0.0;
    for (std::size_t i = 0; i < values.size(); ++i) sum += values[rng.below(values.size())];
    mean = sum / static_cast<double>(values.size());
  }
  std::sort(means.begin(), means.end());
  interval.low = percentile(means, kLow);
  interval.high = percentile(means, kHigh);
  return interval;
}

void UserTally::add(std::uint32_t user, const ListFigures& figures) {
  auto& [sum, count] = users_[user];
  sum.recall += figures.recall;
  sum.ndcg += figures.ndcg;
  sum.mrr += figures.mrr;
  ++count;
  ++questions_;
}

std::vector<double> UserTally::means(double ListFigures::*figure) const {
  std::vector<double> out;
  out.reserve(users_.size());
  for (const auto& [user, entry] : users_) out.push_back(entry.first.*figure / static_cast<double>(entry.second));
  return out;
}

CatalogueFigures catalogue_figures(std::span<const std::int64_t> listed, std::span<const float> users_of,
                                   std::size_t user_count) {
  CatalogueFigures figures;
  std::vector<std::int64_t> counts(listed.begin(), listed.end());
  std::sort(counts.begin(), counts.end());
  const auto items = static_cast<double>(counts.size());
  double total = 0.0, weighted = 0.0, shown = 0.0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const auto count = static_cast<double>(counts[i]);
    total += count;
    weighted += count * (2.0 * static_cast<double>(i + 1) - items - 1.0);
    if (counts[i] > 0) shown += 1.0;
  }
  if (total == 0.0 || user_count == 0) return figures;
  figures.coverage = shown / items;
  figures.gini = weighted / (items * total);
  for (std::size_t item = 0; item < listed.size(); ++item) {
    const double share = std::max(1.0, static_cast<double>(users_of[item])) / static_cast<double>(user_count);
    figures.novelty -= std::log2(share) * static_cast<double>(listed[item]) / total;
  }
  return figures;
}

}  // namespace yupu::recommend
