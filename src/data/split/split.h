// Which row goes to which split: stratified by label, exact per label, decided by a hash of (seed, canonical text).
//
//   Of the n rows of a label that no source has placed, test gets the round(n * test_fraction) with the smallest hash,
//   valid the next round(n * valid_fraction), train the rest; when the rounding would leave train nothing, valid and
//   then test give one back. The order of the rows, the file they stand in and the machine do not matter; the same text
//   under the same seed gets the same hash in every version of a dataset.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/status.h"
#include "data/clean/clean.h"

namespace yupu::data {

enum class Split : std::uint8_t { kTrain = 0, kValid = 1, kTest = 2, kNone = 3 };
inline constexpr int kSplitCount = 3;
std::string_view split_name(Split split);  // "train", "valid", "test"
// "train", "valid" | "dev" | "validation", "test", blank -> kNone. Nothing for any other word.
std::optional<Split> parse_split(std::string_view word);

struct SplitFractions {
  double valid = 0.1;
  double test = 0.1;
};
// Errors: kInvalidArgument naming the field: not in [0, 1), or together 1 or more.
Status check_fractions(const SplitFractions& fractions);

// What the rows of one label are ranked by.
std::uint64_t split_rank(std::uint64_t seed, const CanonicalKey& key);

struct SplitCounts {
  std::int64_t train = 0, valid = 0, test = 0;
};
SplitCounts split_counts(std::int64_t row_count, const SplitFractions& fractions);

}  // namespace yupu::data
