// The tree-structured Parzen estimator: which point to try next.  Bergstra et al. 2011, NeurIPS, section 4.
//
//   the n trials with a result, best first:  l(x) over the best min(ceil(n/10), 25),  g(x) over the rest and over what
//   is running (so that parallel trials keep away from each other);  24 draws from l; the one with the largest l/g.
//
// "Best first" with rungs: whoever has come further is better, then by value; a trial without a value (diverged,
// crashed) is last.  Before `startup` results the point is uniform.
// Threads  pure functions: everything random comes from the generator passed in.
#pragma once

#include <optional>
#include <span>

#include "base/rng.h"
#include "training/tune/space.h"

namespace yupu::training::tune {

// One trial as the sampler sees it, in the order of their making.
struct Observation {
  Point point;
  bool running = false;               // no result yet
  std::int64_t resource = 0;          // how far it came
  std::optional<double> figure = {};  // there; larger is better
};

struct TpeOptions {
  std::int64_t startup = 10;
  std::int64_t candidates = 24;
  bool multivariate = true;  // one mixture over the whole space, or one per parameter
};

// Which observations go to l: indices in the order of their making.  The others go to g.
struct Division {
  std::vector<std::size_t> below;
  std::vector<std::size_t> above;
};
Division divide(std::span<const Observation> observations);

Point suggest(const Space& space, std::span<const Observation> observations, const TpeOptions& options, Rng& rng);

}  // namespace yupu::training::tune
