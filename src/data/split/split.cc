#include "data/split/split.h"

#include <array>
#include <cmath>

#include <fmt/format.h>

#include "base/rng.h"

namespace yupu::data {

std::string_view split_name(Split split) {
  constexpr std::array<std::string_view, 4> kNames = {"train", "valid", "test", ""};
  return kNames[static_cast<std::size_t>(split)];
}

std::optional<Split> parse_split(std::string_view word) {
  if (word == "train") return Split::kTrain;
  if (word == "valid" || word == "dev" || word == "validation") return Split::kValid;
  if (word == "test") return Split::kTest;
  if (word.empty()) return Split::kNone;
  return {};
}

Status check_fractions(const SplitFractions& fractions) {
  const auto wrong = [](double x) { return !(x >= 0.0 && x < 1.0); };
  if (wrong(fractions.valid))
    return invalid_argument(fmt::format("valid_fraction {} must be in [0, 1)", fractions.valid), "valid_fraction");
  if (wrong(fractions.test))
    return invalid_argument(fmt::format("test_fraction {} must be in [0, 1)", fractions.test), "test_fraction");
  if (fractions.valid + fractions.test >= 1.0) {
    return invalid_argument(fmt::format("valid_fraction {} and test_fraction {} leave nothing to train on",
                                        fractions.valid, fractions.test),
                            "valid_fraction");
  }
  return ok_status();
}

std::uint64_t split_rank(std::uint64_t seed, const CanonicalKey& key) {
  // The key is SHA-256 of the text already; Philox keyed by the seed makes another uniform word of it.
  const auto words = philox4x32({static_cast<std::uint32_t>(key.high), static_cast<std::uint32_t>(key.high >> 32),
                                 static_cast<std::uint32_t>(key.low), static_cast<std::uint32_t>(key.low >> 32)},
                                {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)});
  return words[0] | (std::uint64_t{words[1]} << 32);
}

SplitCounts split_counts(std::int64_t row_count, const SplitFractions& fractions) {
  SplitCounts counts;
  counts.test = std::llround(static_cast<double>(row_count) * fractions.test);
  counts.valid = std::llround(static_cast<double>(row_count) * fractions.valid);
  while (counts.test + counts.valid > 0 && counts.test + counts.valid >= row_count) {
    --(counts.valid > 0 ? counts.valid : counts.test);
  }
  counts.train = row_count - counts.test - counts.valid;
  return counts;
}

}  // namespace yupu::data
