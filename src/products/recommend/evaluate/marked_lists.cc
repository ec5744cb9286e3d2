#include "products/recommend/evaluate/marked_lists.h"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "base/check.h"
#include "base/rng.h"
#include "products/recommend/evaluate/figures.h"

namespace yupu::recommend {
namespace {

constexpr std::uint64_t kRandomStream = 0x4D'0001;

std::optional<std::uint32_t> find(const std::vector<std::string>& names, const std::string& name) {
  const auto at = std::lower_bound(names.begin(), names.end(), name);
  if (at == names.end() || *at != name) return std::nullopt;
  return static_cast<std::uint32_t>(at - names.begin());
}

double auc_of(std::span<const float> scores, std::span<const std::uint8_t> clicked) {
  double right = 0.0, pairs = 0.0;
  for (std::size_t a = 0; a < scores.size(); ++a) {
    if (clicked[a] == 0) continue;
    for (std::size_t b = 0; b < scores.size(); ++b) {
      if (clicked[b] != 0) continue;
      pairs += 1.0;
      right += scores[a] > scores[b] ? 1.0 : scores[a] == scores[b] ? 0.5 : 0.0;
    }
  }
  return right / pairs;
}

// Figures of each user: sums over their lists, with how many.  The mean over lists is that of the sums; drawing users
// anew keeps what one user clicked together.
class ListTally {
 public:
  void add(std::uint32_t user, const MarkedFigures& figures) { users_[user].push_back(figures); }
  MarkedReport report(std::uint64_t seed, std::size_t resamples) const {
    MarkedReport report;
    report.users = users_.size();
    for (const auto& [user, lists] : users_) report.lists += static_cast<std::int64_t>(lists.size());
    report.auc = interval(&MarkedFigures::auc, seed, resamples);
    report.mrr = interval(&MarkedFigures::mrr, seed, resamples);
    report.ndcg_5 = interval(&MarkedFigures::ndcg_5, seed, resamples);
    report.ndcg_10 = interval(&MarkedFigures::ndcg_10, seed, resamples);
    return report;
  }

 private:
  // A user's sum over the mean number of lists of a user: their mean over users is the mean over lists.
  Interval interval(double MarkedFigures::*figure, std::uint64_t seed, std::size_t resamples) const {
    double lists = 0.0;
    for (const auto& [user, own] : users_) lists += static_cast<double>(own.size());
    std::vector<double> values;
    for (const auto& [user, own] : users_) {
      double sum = 0.0;
      for (const MarkedFigures& one : own) sum += one.*figure;
      values.push_back(sum * static_cast<double>(users_.size()) / lists);
    }
    return bootstrap_mean(values, seed, resamples);
  }

  std::map<std::uint32_t, std::vector<MarkedFigures>> users_;
};

bool says_something(const NumberedList& list) {
  const auto clicked = std::count(list.clicked.begin(), list.clicked.end(), std::uint8_t{1});
  return clicked > 0 && clicked < static_cast<std::ptrdiff_t>(list.clicked.size());
}

}  // namespace

std::vector<NumberedList> numbered(const Collection& collection, std::span<const MarkedList> lists) {
  std::vector<NumberedList> all;
  for (const MarkedList& list : lists) {
    const auto user = find(collection.users, list.user);
    if (!user) continue;  // nothing is known of them
    NumberedList one{.user = *user, .time_ns = list.time_ns, .items = {}, .clicked = {}};
    for (std::size_t i = 0; i < list.items.size(); ++i) {
      const auto item = find(collection.items, list.items[i]);
      if (!item) continue;
      one.items.push_back(*item);
      one.clicked.push_back(list.clicked[i]);
    }
    all.push_back(std::move(one));
  }
  std::stable_sort(all.begin(), all.end(), [](const NumberedList& a, const NumberedList& b) {
    return std::tie(a.time_ns, a.user) < std::tie(b.time_ns, b.user);
  });
  return all;
}

MarkedFigures marked_figures(std::span<const float> scores, std::span<const std::uint8_t> clicked) {
  CHECK(scores.size() == clicked.size(), "a score for every mark");
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return scores[a] != scores[b] ? scores[a] > scores[b] : clicked[a] < clicked[b];
  });
  MarkedFigures figures{.auc = auc_of(scores, clicked)};
  double total = 0.0, best_5 = 0.0, best_10 = 0.0;
  for (std::size_t place = 0; place < order.size(); ++place) {
    if (clicked[order[place]] == 0) continue;
    const double gain = discount(static_cast<std::int64_t>(place) + 1);
    const double ideal = discount(static_cast<std::int64_t>(total) + 1);
    figures.mrr += 1.0 / static_cast<double>(place + 1);
    if (place < 5) figures.ndcg_5 += gain;
    if (place < 10) figures.ndcg_10 += gain;
    if (total < 5.0) best_5 += ideal;
    if (total < 10.0) best_10 += ideal;
    total += 1.0;
  }
  figures.mrr /= total;
  figures.ndcg_5 /= best_5;
  figures.ndcg_10 /= best_10;
  return figures;
}

OrderedJson MarkedReport::to_json() const {
  return {{"users", users},
          {"lists", lists},
          {"auc", auc.to_json()},
          {"mrr", mrr.to_json()},
          {"ndcg@5", ndcg_5.to_json()},
          {"ndcg@10", ndcg_10.to_json()}};
}

MarkedReport judge_lists(const Collection& collection, const Method& method, std::span<const NumberedList> lists,
                         std::int64_t from_ns, std::uint64_t seed, std::size_t resamples) {
  ListTally tally;
  std::vector<float> own;
  for (const NumberedList& list : lists) {
    if (list.time_ns < from_ns || !says_something(list)) continue;
    own.resize(list.items.size());
    method.score_these({.log = collection.log,
                        .time_ns = list.time_ns,
                        .history = collection.log.of_user_before(list.user, list.time_ns)},
                       list.items, own);
    tally.add(list.user, marked_figures(own, list.clicked));
  }
  return tally.report(seed, resamples);
}

MarkedReport judge_random(std::span<const NumberedList> lists, std::int64_t from_ns, std::uint64_t seed,
                          std::size_t resamples) {
  ListTally tally;
  Rng rng(seed, kRandomStream);
  for (const NumberedList& list : lists) {
    if (list.time_ns < from_ns || !says_something(list)) continue;
    std::vector<float> own(list.items.size());
    for (float& score : own) score = static_cast<float>(rng.uniform());
    tally.add(list.user, marked_figures(own, list.clicked));
  }
  return tally.report(seed, resamples);
}

}  // namespace yupu::recommend
