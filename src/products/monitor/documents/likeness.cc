#include "products/monitor/documents/likeness.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include "text/unicode.h"

namespace yupu::monitor {
namespace {

constexpr std::size_t kShingleUnits = 3;
constexpr std::size_t kLeadUnits = 40;
constexpr std::size_t kWholeBands = 16;
constexpr std::size_t kLeadBands = 8;
constexpr std::size_t kRows = 3;
constexpr double kWholeMin = 0.5;
constexpr double kShortMin = 0.8;
constexpr std::size_t kShortBelow = 30;
constexpr double kContainedMin = 0.8;
constexpr double kLeadMin = 0.6;
constexpr double kNumbersMin = 0.5;

// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): every bit of the input reaches every bit of the result.
std::uint64_t mixed(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15U;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31);
}

struct Units {
  std::vector<std::uint64_t> hashes;
  std::vector<std::uint64_t> numbers;
};

Units units_of(std::string_view text) {
  Units units;
  std::uint64_t word = 0;
  bool in_word = false, is_number = false;
  const auto end_word = [&] {
    if (in_word) units.hashes.push_back(word);
    if (in_word && is_number) units.numbers.push_back(word);
    in_word = false;
  };
  for (std::size_t at = 0; at < text.size();) {
    const text::CodePoint point = text::decode_code_point(text, at);
    at += static_cast<std::size_t>(point.bytes);
    if (text::is_cjk_ideograph(point.value)) {
      end_word();
      units.hashes.push_back(mixed(point.value));
    } else if (text::is_word_part(point.value)) {
      if (!in_word) is_number = point.value >= U'0' && point.value <= U'9';
      word = mixed((in_word ? word : 1) ^ (std::uint64_t{point.value} << 32));
      in_word = true;
    } else {
      end_word();
    }
  }
  end_word();
  return units;
}

void sort_unique(std::vector<std::uint64_t>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

std::vector<std::uint64_t> shingle_set(const std::vector<std::uint64_t>& units, std::size_t count) {
  std::vector<std::uint64_t> found;
  for (std::size_t i = 0; i + kShingleUnits <= count; ++i) {
    std::uint64_t hash = 0;
    for (std::size_t j = 0; j < kShingleUnits; ++j) hash = mixed(hash ^ units[i + j]);
    found.push_back(hash);
  }
  sort_unique(found);
  return found;
}

std::size_t shared_count(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b) {
  std::size_t count = 0;
  for (auto x = a.begin(), y = b.begin(); x != a.end() && y != b.end();) {
    if (*x < *y) {
      ++x;
    } else if (*y < *x) {
      ++y;
    } else {
      ++count, ++x, ++y;
    }
  }
  return count;
}

// Of the smaller set's members, those in the larger one; 1 where the smaller is empty.
double containment(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b) {
  const std::size_t fewer = std::min(a.size(), b.size());
  return fewer == 0 ? 1.0 : static_cast<double>(shared_count(a, b)) / static_cast<double>(fewer);
}

void add_bands(const std::vector<std::uint64_t>& set, std::uint64_t kind, std::size_t band_count,
               std::vector<std::int64_t>& bands) {
  for (std::size_t band = 0; band < band_count; ++band) {
    std::uint64_t key = mixed(kind * 1000 + band);
    for (std::size_t row = 0; row < kRows; ++row) {
      const std::uint64_t seed = mixed((kind * 1000 + band) * kRows + row + 1);
      std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
      for (const std::uint64_t shingle : set) least = std::min(least, mixed(shingle ^ seed));
      key = mixed(key ^ least);
    }
    bands.push_back(std::bit_cast<std::int64_t>(key));
  }
}

}  // namespace

Shingles shingles_of(std::string_view folded_text) {
  Units units = units_of(folded_text);
  Shingles found;
  found.whole = shingle_set(units.hashes, units.hashes.size());
  found.lead = shingle_set(units.hashes, std::min(units.hashes.size(), kLeadUnits));
  found.numbers = std::move(units.numbers);
  sort_unique(found.numbers);
  return found;
}

std::vector<std::int64_t> bands_of(const Shingles& shingles) {
  std::vector<std::int64_t> bands;
  if (!shingles.enough()) return bands;
  add_bands(shingles.whole, 1, kWholeBands, bands);
  add_bands(shingles.lead, 2, kLeadBands, bands);
  return bands;
}

double resemblance(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b) {
  const std::size_t shared = shared_count(a, b);
  const std::size_t all = a.size() + b.size() - shared;
  return all == 0 ? 0.0 : static_cast<double>(shared) / static_cast<double>(all);
}

bool numbers_agree(const Shingles& a, const Shingles& b) { return containment(a.numbers, b.numbers) >= kNumbersMin; }

double likeness(const Shingles& a, const Shingles& b) {
  if (!a.enough() || !b.enough() || !numbers_agree(a, b)) return 0.0;
  const double whole = resemblance(a.whole, b.whole);
  const bool is_short = std::min(a.whole.size(), b.whole.size()) < kShortBelow;
  if (whole >= (is_short ? kShortMin : kWholeMin)) return whole;
  const double contained = containment(a.whole, b.whole);
  if (contained < kContainedMin || resemblance(a.lead, b.lead) < kLeadMin) return 0.0;
  return contained * kWholeMin;  // below what is alike as a whole
}

}  // namespace yupu::monitor
