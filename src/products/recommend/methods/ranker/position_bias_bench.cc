// What of the loss that position costs a ranker the position rules win back, on a log whose truth is known.
//   recommend_position_bias_bench [LISTS] [SEED]     default 20000 1; exit status 1 below nine tenths recovered
// A list has 20 items of six features; an item is wanted with a chance that its features decide, with a product of two
// among them.  The log's own order is that of one feature with noise, so what it likes stands on top; an item at rank k
// is looked at with chance 1/k, and clicked when it is looked at and wanted.  Rankers of the same trees learn from
//   clicked   the clicks as they are
//   position  the clicks with the position as a feature, held at 0 when ranking
//   offset    the clicks with what a position draws, estimated, as an offset while learning (what the ranker does)
//   weighed   the clicks weighed by 1 / chance of being looked at (the true curve)
//   oracle    what was wanted, looked at or not
// and order 2,000 new lists; nDCG@10 with the chance of being wanted as gain.  recovered: the part of the way from
// clicked to oracle.  CSV: learned_from,lists,clicks,ndcg@10,recovered
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/rng.h"
#include "products/recommend/evaluate/figures.h"
#include "products/recommend/methods/ranker/logged_lists.h"

namespace {

using namespace yupu;             // NOLINT(google-build-using-namespace): a program of one file
using namespace yupu::recommend;  // NOLINT(google-build-using-namespace)

constexpr std::size_t kFeatures = 6, kWidth = kFeatures + 1, kShown = 20, kTestLists = 2000, kDepth = 10;
constexpr std::int64_t kHourNs = 3'600'000'000'000;

double wanted_chance(std::span<const float> x) {
  const double z = 1.2 * x[0] + 1.5 * x[1] + 1.2 * static_cast<double>(x[2] * x[3]) - 1.0 * std::abs(x[4]) - 1.0;
  return 1.0 / (1.0 + std::exp(-z));
}

std::vector<LoggedRow> drawn_rows(Rng& rng, std::uint32_t first_item) {
  std::vector<std::pair<double, LoggedRow>> rows;
  for (std::uint32_t i = 0; i < kShown; ++i) {
    LoggedRow row{.item = first_item + i};
    for (std::size_t f = 0; f < kFeatures; ++f) row.features.push_back(static_cast<float>(rng.normal()));
    row.features.push_back(0.0f);  // position
    const double order = static_cast<double>(row.features[0]) + rng.normal();
    rows.emplace_back(-order, std::move(row));
  }
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<LoggedRow> shown;
  for (auto& [order, row] : rows) {
    row.position = static_cast<std::int64_t>(shown.size()) + 1;
    shown.push_back(std::move(row));
  }
  return shown;
}

struct Log {
  std::vector<LoggedList> lists;
  std::vector<tasks::Behaviour> clicked, wanted;
};

// A list a user; every list has items of its own numbers, the same for all: what is learned from is the features.
Log drawn_log(Rng& rng, std::size_t count) {
  Log log;
  for (std::uint32_t user = 0; user < count; ++user) {
    LoggedList list{.user = user, .time_ns = kHourNs, .rows = drawn_rows(rng, 0)};
    for (const LoggedRow& row : list.rows) {
      const tasks::Behaviour event{
          .user = user, .item = row.item, .time_ns = kHourNs + 1, .kind = tasks::BehaviourKind::kClick};
      const bool wanted = rng.uniform() < wanted_chance(row.features);
      const bool seen = rng.uniform() < 1.0 / static_cast<double>(row.position);
      if (wanted) log.wanted.push_back(event);
      if (wanted && seen) log.clicked.push_back(event);
    }
    log.lists.push_back(std::move(list));
  }
  return log;
}

Result<Forest> learned(const Log& log, const std::vector<tasks::Behaviour>& events, PositionRule rule,
                       std::uint64_t seed) {
  std::vector<tasks::Behaviour> all = events;
  // An event an hour later, so that every list has had its half hour.
  all.push_back({.user = 0, .item = 0, .time_ns = 3 * kHourNs, .kind = tasks::BehaviourKind::kView});
  const tasks::BehaviourLog behaviour(std::move(all), log.lists.size(), kShown);
  RankingGroups groups{.width = kWidth, .features = {}, .relevance = {}, .sizes = {}};
  add_lists(
      log.lists, behaviour, tasks::BehaviourKind::kClick, kFeatures, rule,
      [](std::int64_t position) { return 1.0 / static_cast<double>(position); }, groups);
  return lambda_mart(groups, {.trees = 150, .depth = 4, .lr = 0.1, .pairs = 4, .seed = seed});
}

double ndcg_of(const Forest& forest, std::uint64_t seed) {
  Rng rng(seed, 99);
  double sum = 0.0;
  for (std::size_t list = 0; list < kTestLists; ++list) {
    std::vector<std::pair<float, double>> items;
    std::vector<double> gains;
    for (const LoggedRow& row : drawn_rows(rng, 0)) {
      const double gain = wanted_chance(row.features);
      items.emplace_back(-forest.score(row.features), gain);
      gains.push_back(-gain);
    }
    std::stable_sort(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::sort(gains.begin(), gains.end());
    double dcg = 0.0, best = 0.0;
    for (std::size_t rank = 0; rank < kDepth; ++rank) {
      const double worth = discount(static_cast<std::int64_t>(rank) + 1);
      dcg += items[rank].second * worth;
      best -= gains[rank] * worth;
    }
    sum += dcg / best;
  }
  return sum / kTestLists;
}

}  // namespace

int main(int argc, char** argv) {
  if (!can_boost()) {
    std::puts("this build has no XGBoost");
    return 1;
  }
  const std::size_t lists = argc > 1 ? static_cast<std::size_t>(std::strtoull(argv[1], nullptr, 10)) : 20'000;
  const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  Rng rng(seed);
  const Log log = drawn_log(rng, lists);
  struct Row {
    const char* name;
    const std::vector<tasks::Behaviour>* events;
    PositionRule rule;
    double ndcg = 0.0;
  };
  Row rows[] = {{"clicked", &log.clicked, PositionRule::kNone},
                {"oracle", &log.wanted, PositionRule::kNone},
                {"position", &log.clicked, PositionRule::kFeature},
                {"offset", &log.clicked, PositionRule::kOffset},
                {"weighed", &log.clicked, PositionRule::kWeight}};
  std::puts("learned_from,lists,clicks,ndcg@10,recovered");
  bool enough = true;
  for (Row& row : rows) {
    const auto forest = learned(log, *row.events, row.rule, seed);
    if (!forest.ok()) {
      std::puts(forest.status().to_string().c_str());
      return 1;
    }
    row.ndcg = ndcg_of(*forest, seed);
    const double gap = rows[1].ndcg - rows[0].ndcg;
    const double recovered = gap > 0.0 ? (row.ndcg - rows[0].ndcg) / gap : 0.0;
    if (row.rule == PositionRule::kOffset) enough = recovered >= 0.9;
    std::puts(fmt::format("{},{},{},{:.4f},{:.3f}", row.name, lists, row.events->size(), row.ndcg,
                          &row == &rows[0] ? 0.0 : recovered)
                  .c_str());
  }
  return enough ? 0 : 1;
}
