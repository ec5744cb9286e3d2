// How the rows of a text's tokens become one vector.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace yupu::tasks {

enum class Pooling : std::uint8_t { kMean, kCls };
inline constexpr std::array kPoolings = {Pooling::kMean, Pooling::kCls};

constexpr std::string_view pooling_name(Pooling pooling) { return pooling == Pooling::kMean ? "mean" : "cls"; }

constexpr std::optional<Pooling> find_pooling(std::string_view name) {
  for (const Pooling pooling : kPoolings) {
    if (name == pooling_name(pooling)) return pooling;
  }
  return std::nullopt;
}

}  // namespace yupu::tasks
