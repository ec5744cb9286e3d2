#include "training/tune/rungs.h"

#include <algorithm>

#include "base/check.h"

namespace yupu::training::tune {

std::vector<std::int64_t> rung_levels(const Ladder& ladder, std::int64_t skip) {
  CHECK(ladder.least >= 1 && ladder.least <= ladder.most && ladder.eta >= 2 && skip >= 0, "not a ladder");
  std::vector<std::int64_t> levels;
  std::int64_t level = ladder.least;
  for (std::int64_t k = 0; level < ladder.most; ++k) {
    if (k >= skip) levels.push_back(level);
    if (level > ladder.most / ladder.eta) break;  // the next is `most` or beyond
    level *= ladder.eta;
  }
  levels.push_back(ladder.most);
  return levels;
}

std::vector<Bracket> hyperband_brackets(const Ladder& ladder) {
  // Whole numbers all the way: a logarithm of an exact power may come out just below its whole number.
  std::int64_t count = 1;
  for (std::int64_t level = ladder.least; level <= ladder.most / ladder.eta; level *= ladder.eta) ++count;
  std::vector<Bracket> brackets;
  std::int64_t power = 1;  // eta^(count-1-b), from the last bracket to the first
  for (std::int64_t b = count - 1; b >= 0; --b) {
    const std::int64_t rest = count - b;
    brackets.push_back({.skip = b, .share = (count * power + rest - 1) / rest});
    power *= ladder.eta;
  }
  std::reverse(brackets.begin(), brackets.end());
  return brackets;
}

std::optional<Promotion> promotable(std::span<const Climber> climbers, std::size_t rung_count, std::int64_t eta) {
  for (std::size_t rung = rung_count - 1; rung-- > 0;) {
    std::vector<const Climber*> seen;
    for (const Climber& climber : climbers) {
      if (climber.results.size() > rung) seen.push_back(&climber);
    }
    const auto is_better = [rung](const Climber* a, const Climber* b) {
      const auto& one = a->results[rung];
      const auto& other = b->results[rung];
      if (one.has_value() != other.has_value()) return one.has_value();
      if (one && *one != *other) return *one > *other;
      return a->trial < b->trial;
    };
    std::sort(seen.begin(), seen.end(), is_better);
    const std::size_t may_go_on = seen.size() / static_cast<std::size_t>(eta);
    for (std::size_t i = 0; i < may_go_on; ++i) {
      const Climber& climber = *seen[i];
      if (climber.paused && climber.results.size() == rung + 1 && climber.results[rung])
        return Promotion{.trial = climber.trial, .rung = rung + 1};
    }
  }
  return std::nullopt;
}

}  // namespace yupu::training::tune
