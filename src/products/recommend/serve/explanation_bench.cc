// Are reasons true?  For lists of ten for every user of a simulated shop, of each "because of" reason: is the item's
// score lower when the named item had never been touched, and by more than when another item of the history had not?
//   recommend_explanation_bench [USERS] [SEED]     default 400 1
// The shop is testing.h's: ten topics of forty items, users who stay with a topic nine times in ten.
// CSV: users,listed,named,share_named,lowers,lowers_more_than_random
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include <fmt/format.h>

#include "base/rng.h"
#include "products/recommend/serve/explanation.h"
#include "products/recommend/testing.h"

namespace {

using namespace yupu;             // NOLINT(google-build-using-namespace): a program of one file
using namespace yupu::recommend;  // NOLINT(google-build-using-namespace)

constexpr std::size_t kListed = 10;
const Settings kSettings = {{"slice", 0.2}, {"lambda", 100}, {"trees", 100},
                            {"depth", 4},   {"lr", 0.1},     {"questions_min", 10}};

float score_without(const Ranker& ranker, const Moment& moment, std::uint32_t gone, std::uint32_t item) {
  std::vector<tasks::Behaviour> others;
  for (const tasks::Behaviour& event : moment.history) {
    if (event.item != gone) others.push_back(event);
  }
  const std::vector<std::uint32_t> one = {item};
  return ranker.scores_of({.log = moment.log, .time_ns = moment.time_ns, .history = others}, one)[0];
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t users = argc > 1 ? static_cast<std::size_t>(std::strtoull(argv[1], nullptr, 10)) : 400;
  const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
  const Collection collection = testing::shop(seed, users, 10, 40);
  const Tools tools = tools_of(collection);
  Ranker ranker(kSettings, tools);
  engine::ExecutionContext context(1);
  const Status fit = ranker.fit({.log = collection.log,
                                 .weights = {},
                                 .relevant = tasks::BehaviourKind::kClick,
                                 .seed = seed,
                                 .context = context});
  if (!fit.ok()) {
    std::puts(fit.to_string().c_str());
    return 1;
  }
  const std::vector<std::uint8_t> may_be_named(collection.items.size(), 1);
  Rng rng(seed, 7);
  std::size_t listed = 0, named = 0, lowers = 0, more = 0, compared = 0;
  for (std::uint32_t user = 0; user < collection.users.size(); ++user) {
    const Moment moment{.log = collection.log,
                        .time_ns = testing::kBeginNs + 101 * testing::kDayNs,
                        .history = collection.log.of_user(user)};
    auto ranked = ranker.rank(moment);
    ranked.resize(std::min(kListed, ranked.size()));
    std::vector<std::uint32_t> items;
    for (const auto& one : ranked) items.push_back(one.item);
    const auto reasons = reasons_of(ranker, moment, items, may_be_named);
    for (std::size_t i = 0; i < items.size(); ++i) {
      ++listed;
      if (reasons[i].kind != ReasonKind::kBecauseOf) continue;
      ++named;
      const float without = score_without(ranker, moment, reasons[i].because_of, items[i]);
      lowers += without < ranked[i].score ? 1 : 0;
      const std::uint32_t other = moment.history[rng.below(moment.history.size())].item;
      if (other == reasons[i].because_of) continue;
      ++compared;
      more += without < score_without(ranker, moment, other, items[i]) ? 1 : 0;
    }
  }
  const auto share = [](std::size_t part, std::size_t whole) {
    return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
  };
  std::puts("users,listed,named,share_named,lowers,lowers_more_than_random");
  std::puts(fmt::format("{},{},{},{:.3f},{:.3f},{:.3f}", users, listed, named, share(named, listed),
                        share(lowers, named), share(more, compared))
                .c_str());
  return share(lowers, named) >= 0.9 ? 0 : 1;
}
