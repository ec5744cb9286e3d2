#include "tasks/metrics/ranking.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace yupu::tasks {
namespace {

double discounted_gain(std::span<const Candidate> ranked) {
  double sum = 0.0;
  const std::size_t depth = std::min(ranked.size(), static_cast<std::size_t>(kRankingDepth));
  for (std::size_t i = 0; i < depth; ++i) sum += ranked[i].gain / std::log2(static_cast<double>(i) + 2.0);
  return sum;
}

double relevant_in(std::span<const Candidate> ranked, std::int64_t depth) {
  const std::size_t count = std::min(ranked.size(), static_cast<std::size_t>(depth));
  return static_cast<double>(std::count_if(ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(count),
                                           [](const Candidate& candidate) { return candidate.relevant; }));
}

}  // namespace

RankingReport ranking_report(std::span<const std::vector<Candidate>> queries) {
  RankingReport report;
  for (const std::int64_t depth : kRecallDepths) report.recall[depth] = 0.0;
  for (const std::vector<Candidate>& query : queries) {
    std::vector<Candidate> ranked = query;
    const double relevant = relevant_in(ranked, static_cast<std::int64_t>(ranked.size()));
    if (relevant == 0.0) {
      ++report.unanswerable_count;
      continue;
    }
    ++report.query_count;
    report.candidates_mean += static_cast<double>(ranked.size());
    std::stable_sort(ranked.begin(), ranked.end(), [](const Candidate& a, const Candidate& b) {
      return a.score != b.score ? a.score > b.score : a.gain < b.gain;
    });
    const auto first = std::find_if(ranked.begin(), ranked.end(), [](const Candidate& c) { return c.relevant; });
    const auto rank = static_cast<std::int64_t>(first - ranked.begin()) + 1;
    if (rank <= kRankingDepth) report.mrr += 1.0 / static_cast<double>(rank);
    for (auto& [depth, recall] : report.recall) recall += relevant_in(ranked, depth) / relevant;
    const double gained = discounted_gain(ranked);
    std::sort(ranked.begin(), ranked.end(), [](const Candidate& a, const Candidate& b) { return a.gain > b.gain; });
    report.ndcg += gained / discounted_gain(ranked);
  }
  if (report.query_count == 0) return report;
  const auto count = static_cast<double>(report.query_count);
  report.mrr /= count;
  report.ndcg /= count;
  report.candidates_mean /= count;
  for (auto& [depth, recall] : report.recall) recall /= count;
  return report;
}

OrderedJson RankingReport::to_json() const {
  OrderedJson json;
  json[fmt::format("mrr@{}", kRankingDepth)] = mrr;
  json[fmt::format("ndcg@{}", kRankingDepth)] = ndcg;
  for (const auto& [depth, share] : recall) json[fmt::format("recall@{}", depth)] = share;
  json["query_count"] = query_count;
  json["unanswerable_count"] = unanswerable_count;
  json["candidates_mean"] = candidates_mean;
  return json;
}

}  // namespace yupu::tasks
