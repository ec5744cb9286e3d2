#include "training/tune/tpe.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "training/tune/parzen.h"

namespace yupu::training::tune {
namespace {

constexpr std::size_t kBelowMax = 25;
constexpr std::size_t kBelowShare = 10;  // one in ten

std::vector<Point> points_of(std::span<const Observation> observations, std::span<const std::size_t> indices) {
  std::vector<Point> points;
  for (const std::size_t index : indices) points.push_back(observations[index].point);
  return points;
}

Point best_candidate(const Space& space, std::span<const Point> below, std::span<const Point> above,
                     std::int64_t candidates, Rng& rng) {
  const ParzenEstimator good(space, below);
  const ParzenEstimator rest(space, above);
  Point best;
  double best_score = -std::numeric_limits<double>::infinity();
  for (std::int64_t i = 0; i < candidates; ++i) {
    Point point = good.sample(rng);
    const double score = good.log_density(point) - rest.log_density(point);
    if (best.empty() || score > best_score) {
      best_score = score;
      best = std::move(point);
    }
  }
  return best;
}

// The coordinates of one parameter as points of a space of their own.
std::vector<Point> column(std::span<const Point> points, std::size_t j) {
  std::vector<Point> single;
  for (const Point& point : points) single.push_back({point[j]});
  return single;
}

}  // namespace

Division divide(std::span<const Observation> observations) {
  std::vector<std::size_t> finished;
  for (std::size_t i = 0; i < observations.size(); ++i) {
    if (!observations[i].running) finished.push_back(i);
  }
  const auto is_better = [&](std::size_t a, std::size_t b) {
    const Observation& one = observations[a];
    const Observation& other = observations[b];
    if (one.figure.has_value() != other.figure.has_value()) return one.figure.has_value();
    if (one.resource != other.resource) return one.resource > other.resource;
    return one.figure.has_value() && *one.figure > *other.figure;
  };
  std::stable_sort(finished.begin(), finished.end(), is_better);
  const std::size_t count = std::min((finished.size() + kBelowShare - 1) / kBelowShare, kBelowMax);
  Division division;
  division.below.assign(finished.begin(), finished.begin() + static_cast<std::ptrdiff_t>(count));
  std::sort(division.below.begin(), division.below.end());
  for (std::size_t i = 0; i < observations.size(); ++i) {
    if (!std::binary_search(division.below.begin(), division.below.end(), i)) division.above.push_back(i);
  }
  return division;
}

Point suggest(const Space& space, std::span<const Observation> observations, const TpeOptions& options, Rng& rng) {
  const auto finished = std::count_if(observations.begin(), observations.end(),
                                      [](const Observation& observation) { return !observation.running; });
  if (finished < options.startup) return sample_uniform(space, rng);
  const Division division = divide(observations);
  const std::vector<Point> below = points_of(observations, division.below);
  const std::vector<Point> above = points_of(observations, division.above);
  if (options.multivariate) return best_candidate(space, below, above, options.candidates, rng);
  Point point;
  for (std::size_t j = 0; j < space.size(); ++j) {
    const Space single = {space[j]};
    point.push_back(best_candidate(single, column(below, j), column(above, j), options.candidates, rng)[0]);
  }
  return point;
}

}  // namespace yupu::training::tune
