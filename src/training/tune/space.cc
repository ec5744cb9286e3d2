#include "training/tune/space.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

namespace yupu::training::tune {
namespace {

constexpr double kGridTolerance = 1e-9;  // of a step

bool on_grid(const Parameter& parameter, double value) {
  if (parameter.step <= 0.0) return true;
  const double steps = (value - parameter.low) / parameter.step;
  return std::fabs(steps - std::round(steps)) <= kGridTolerance * std::max(1.0, std::fabs(steps));
}

Status check_choices(const Parameter& parameter) {
  if (parameter.choices.size() < 2) return invalid_argument("choices: needs two or more", "choices");
  std::set<std::string> seen;
  for (const Json& choice : parameter.choices) {
    if (!choice.is_primitive() || choice.is_null())
      return invalid_argument("choices: may hold strings, numbers and booleans only", "choices");
    if (!seen.insert(to_text(choice)).second)
      return invalid_argument(fmt::format("choices: {} stands there twice", to_text(choice)), "choices");
  }
  return ok_status();
}

}  // namespace

Status check_parameter(const Parameter& parameter) {
  if (parameter.kind == Kind::kCategorical) return check_choices(parameter);
  if (!std::isfinite(parameter.low) || !std::isfinite(parameter.high) || parameter.low >= parameter.high) {
    return invalid_argument(fmt::format("low must be below high, not {} and {}", parameter.low, parameter.high), "low");
  }
  if (parameter.log && parameter.low <= 0.0)
    return invalid_argument(fmt::format("low must be above 0 for a logarithmic range, not {}", parameter.low), "low");
  if (!(parameter.step >= 0.0) || parameter.step > parameter.high - parameter.low)
    return invalid_argument(fmt::format("step {} does not fit the range", parameter.step), "step");
  if (parameter.log && parameter.step != (parameter.kind == Kind::kInt ? 1.0 : 0.0))
    return invalid_argument("step: a logarithmic range has none", "step");
  if (parameter.kind == Kind::kInt && parameter.step < 1.0) return invalid_argument("step must be 1 or more", "step");
  if (!on_grid(parameter, parameter.high)) {
    return invalid_argument(
        fmt::format("high {} is not low {} plus whole steps of {}", parameter.high, parameter.low, parameter.step),
        "high");
  }
  return ok_status();
}

Interval interval_of(const Parameter& parameter) {
  Interval interval{parameter.low - parameter.step / 2.0, parameter.high + parameter.step / 2.0};
  if (parameter.log) interval = {std::log(interval.low), std::log(interval.high)};
  return interval;
}

double to_interval(const Parameter& parameter, double value) { return parameter.log ? std::log(value) : value; }

double from_interval(const Parameter& parameter, double at) {
  double value = parameter.log ? std::exp(at) : at;
  if (parameter.step > 0.0)
    value = parameter.low + std::round((value - parameter.low) / parameter.step) * parameter.step;
  return std::clamp(value, parameter.low, parameter.high);
}

Point sample_uniform(const Space& space, Rng& rng) {
  Point point;
  for (const Parameter& parameter : space) {
    if (parameter.kind == Kind::kCategorical) {
      point.push_back(static_cast<double>(rng.below(parameter.choices.size())));
      continue;
    }
    const Interval interval = interval_of(parameter);
    point.push_back(from_interval(parameter, interval.low + rng.uniform() * interval.width()));
  }
  return point;
}

Json value_of(const Parameter& parameter, double coordinate) {
  switch (parameter.kind) {
    case Kind::kCategorical:
      return parameter.choices.at(static_cast<std::size_t>(coordinate));
    case Kind::kInt:
      return static_cast<std::int64_t>(std::llround(coordinate));
    case Kind::kFloat:
      break;
  }
  return coordinate;
}

Json to_json(const Space& space, const Point& point) {
  Json json = Json::object();
  for (std::size_t i = 0; i < space.size(); ++i) json[space[i].name] = value_of(space[i], point[i]);
  return json;
}

Result<Point> point_from_json(const Space& space, const Json& json, const std::string& where) {
  Point point;
  for (const Parameter& parameter : space) {
    const auto fail = [&](const char* why) {
      return invalid_argument(fmt::format("{}: '{}' {}", where, parameter.name, why), parameter.name);
    };
    const auto it = json.find(parameter.name);
    if (it == json.end()) return fail("is missing");
    if (parameter.kind == Kind::kCategorical) {
      const auto choice = std::find(parameter.choices.begin(), parameter.choices.end(), *it);
      if (choice == parameter.choices.end()) return fail("is none of the choices");
      point.push_back(static_cast<double>(choice - parameter.choices.begin()));
      continue;
    }
    if (!it->is_number()) return fail("must be a number");
    const double value = it->get<double>();
    if (!(value >= parameter.low && value <= parameter.high)) return fail("is out of its range");
    point.push_back(value);
  }
  return point;
}

Json to_json(const Space& space) {
  constexpr const char* kNames[] = {"float", "int", "categorical"};
  Json json = Json::array();
  for (const Parameter& parameter : space) {
    Json item = {{"name", parameter.name}, {"type", kNames[static_cast<std::size_t>(parameter.kind)]}};
    if (parameter.kind == Kind::kCategorical) {
      item["choices"] = parameter.choices;
    } else {
      item["low"] = parameter.low;
      item["high"] = parameter.high;
      item["step"] = parameter.step;
      item["log"] = parameter.log;
    }
    json.push_back(std::move(item));
  }
  return json;
}

}  // namespace yupu::training::tune
