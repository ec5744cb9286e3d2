// What the configurations of every architecture do alike: whole numbers and fractions under HuggingFace's names, each
// in a range; activations by name.  Internal to model.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/json.h"
#include "base/status.h"
#include "engine/activation.h"

namespace yupu::model {

template <class Config>
struct SizeField {
  const char* key;
  std::int64_t Config::*member;
  std::int64_t min;
  std::int64_t max;
};

template <class Config>
struct NumberField {
  const char* key;
  float Config::*member;
  float min;  // inclusive
  float max;  // exclusive
};

// Outcomes  kInvalidArgument naming the first member outside its range.
template <class Config>
Status check_fields(const Config& config, std::span<const SizeField<Config>> sizes,
                    std::span<const NumberField<Config>> numbers, std::string_view where) {
  for (const SizeField<Config>& row : sizes) {
    const std::int64_t value = config.*row.member;
    if (value < row.min || value > row.max) {
      return invalid_argument(fmt::format("{}: '{}' is {}, must be {} to {}", where, row.key, value, row.min, row.max),
                              row.key);
    }
  }
  for (const NumberField<Config>& row : numbers) {
    const float value = config.*row.member;
    if (!(value >= row.min && value < row.max)) {
      return invalid_argument(
          fmt::format("{}: '{}' is {}, must be from {} to below {}", where, row.key, value, row.min, row.max), row.key);
    }
  }
  return ok_status();
}

// The shortest decimal of an f32, so that 0.1f is written 0.1 and reads back as 0.1f.
inline OrderedJson short_number(float value) { return OrderedJson::parse(fmt::format("{}", value)); }

// kInvalidArgument: "WHERE: KEY "VALUE" is not supported (SUPPORTED)".
Status unsupported(std::string_view where, std::string_view key, std::string_view value, std::string_view supported);

// The name an activation is written by.
std::string_view activation_name(engine::Activation activation);
// Leaves `activation` as it is when the object has no such key.
Status read_activation(const Json& json, const char* key, std::string_view where, engine::Activation& activation);

}  // namespace yupu::model
