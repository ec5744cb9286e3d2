// For tests only: a file as a reader meets it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "data/acquire/files/blocks.h"

namespace yupu::data::testing {

// The bytes in pieces of `piece` bytes.
inline NextBlock pieces(std::string bytes, std::size_t piece) {
  return [bytes = std::move(bytes), piece, at = std::size_t{0}]() mutable -> Result<std::string_view> {
    const std::string_view block = std::string_view(bytes).substr(at, piece);
    at += block.size();
    return block;
  };
}

}  // namespace yupu::data::testing
