// Words hidden from a model while it learns, so that it does not lean on single ones.
#pragma once

#include <cstdint>
#include <vector>

namespace yupu::training {

struct TokenDropout {
  double probability;
  std::uint64_t seed;
  std::int32_t unknown;
};
// `ids` with some of them, never the first and the last, read as unknown: a pure function of seed, row and epoch.
std::vector<std::int32_t> with_dropout(std::vector<std::int32_t> ids, const TokenDropout& dropout, std::uint64_t row,
                                       std::int64_t epoch);

}  // namespace yupu::training
