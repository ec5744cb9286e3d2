// What a search may vary: named parameters, each with its range or choices, and points in that space.
//
//   float        [low, high]; log: uniform in its logarithm
//   int          low, low + step, ..., high; log (step 1): uniform in its logarithm over [low - 1/2, high + 1/2]
//   categorical  one of the choices
//
// A point holds one double per parameter, in the order of the space: the value, or the index of the choice.
// Threads  pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/rng.h"
#include "base/status.h"

namespace yupu::training::tune {

enum class Kind : std::uint8_t { kFloat, kInt, kCategorical };

struct Parameter {
  std::string name;
  Kind kind = Kind::kFloat;
  double low = 0.0;
  double high = 0.0;
  double step = 0.0;  // kInt: at least 1; kFloat: 0, or the distance between the values that are tried
  bool log = false;
  std::vector<Json> choices = {};  // kCategorical: strings, numbers or booleans

  bool operator==(const Parameter&) const = default;
};

using Space = std::vector<Parameter>;
using Point = std::vector<double>;

// Outcomes  kInvalidArgument naming the member ("low", "high", "step", "log", "choices") that is wrong.
Status check_parameter(const Parameter& parameter);

// The range in which densities live: widened by half a step on both sides, logarithm taken when `log`.
struct Interval {
  double low = 0.0;
  double high = 0.0;
  double width() const { return high - low; }
};
Interval interval_of(const Parameter& parameter);
// A value to where its density lives, and back to a value that may be tried (on the grid, within the range).
double to_interval(const Parameter& parameter, double value);
double from_interval(const Parameter& parameter, double at);

Point sample_uniform(const Space& space, Rng& rng);

// The value as it is given to training: a number, a whole number, or the choice.
Json value_of(const Parameter& parameter, double coordinate);
Json to_json(const Space& space, const Point& point);  // {name: value}
// Outcomes  kInvalidArgument naming the parameter.
Result<Point> point_from_json(const Space& space, const Json& json, const std::string& where);
Json to_json(const Space& space);

}  // namespace yupu::training::tune
