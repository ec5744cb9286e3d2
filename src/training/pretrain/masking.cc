#include "training/pretrain/masking.h"

#include <algorithm>
#include <optional>

#include "base/check.h"
#include "base/rng.h"
#include "text/unicode.h"

namespace yupu::training {

// Random numbers of one sequence: four of each position, and those of some_of behind them.
class TokenDraws {
 public:
  enum Purpose : std::uint64_t { kSelect, kShow, kReplace, kRun, kSome };
  TokenDraws(std::uint64_t seed, std::uint64_t epoch, std::uint64_t sample)
      : rng_(seed ^ kStream, epoch << 32 | (sample & UINT32_MAX)) {}
  double uniform(std::int32_t position, Purpose purpose) {
    rng_.set_position(purpose == kSome ? static_cast<std::uint64_t>(position) | kSomeBit
                                       : static_cast<std::uint64_t>(position) * 4 + purpose);
    return rng_.uniform();
  }

 private:
  static constexpr std::uint64_t kStream = 0x6d61736b;               // "mask"
  static constexpr std::uint64_t kSomeBit = std::uint64_t{1} << 40;  // far behind the four of the last position
  Rng rng_;
};

namespace {

constexpr std::int32_t kIdeographsMax = 3;
constexpr double kShownAsMask = 0.8;
constexpr double kShownAsOther = 0.9;  // up to here; itself behind it

bool is_ideograph(std::string_view token) {
  const text::CodePoint first = text::decode_code_point(token, 0);
  return static_cast<std::size_t>(first.bytes) == token.size() && text::is_cjk_ideograph(first.value);
}

// floor(uniform * count), below count.
std::size_t pick(double uniform, std::size_t count) {
  return std::min(count - 1, static_cast<std::size_t>(uniform * static_cast<double>(count)));
}

}  // namespace

Masking::Masking(const text::Tokenizer& tokenizer, const MaskingOptions& options) : options_(options) {
  const text::SpecialIds& special = tokenizer.special_ids();
  CHECK(special.mask.has_value(), "masking needs a [MASK]");
  mask_ = *special.mask;
  for (std::int32_t id = 0; id < tokenizer.vocab_size(); ++id) {
    const std::string_view token = tokenizer.token(id);
    const bool is_special =
        id == special.unk || id == special.cls || id == special.sep || special.pad == id || special.mask == id;
    Kind kind = Kind::kWord;
    if (is_special) {
      kind = Kind::kSpecial;
    } else if (token.starts_with("##") && token.size() > 2) {
      kind = Kind::kContinuation;
    } else if (is_ideograph(token)) {
      kind = Kind::kIdeograph;
    }
    kinds_.push_back(kind);
    if (!is_special) ordinary_.push_back(id);
  }
  CHECK(!ordinary_.empty(), "masking needs ordinary tokens");
}

std::int32_t Masking::group_end(std::span<const std::int32_t> ids, std::int32_t begin, TokenDraws& draws) const {
  const auto kind_at = [&](std::int32_t i) {
    return kinds_[static_cast<std::size_t>(ids[static_cast<std::size_t>(i)])];
  };
  const auto size = static_cast<std::int32_t>(ids.size());
  std::int32_t end = begin + 1;
  if (!options_.whole_word) return end;
  if (kind_at(begin) != Kind::kIdeograph) {
    while (end < size && kind_at(end) == Kind::kContinuation) ++end;
    return end;
  }
  const auto longest =
      static_cast<std::int32_t>(pick(draws.uniform(begin, TokenDraws::kRun), std::size_t{kIdeographsMax})) + 1;
  while (end < size && end - begin < longest && kind_at(end) == Kind::kIdeograph) ++end;
  return end;
}

std::vector<Masking::Group> Masking::groups(std::span<const std::int32_t> ids, TokenDraws& draws) const {
  std::vector<Group> found;
  for (std::int32_t i = 0; i < static_cast<std::int32_t>(ids.size());) {
    if (kinds_[static_cast<std::size_t>(ids[static_cast<std::size_t>(i)])] == Kind::kSpecial) {
      ++i;
      continue;
    }
    const std::int32_t end = group_end(ids, i, draws);
    found.push_back({.begin = i, .end = end, .draw = draws.uniform(i, TokenDraws::kSelect)});
    i = end;
  }
  return found;
}

MaskedTokens Masking::apply(std::span<std::int32_t> ids, std::uint64_t epoch, std::uint64_t sample) const {
  TokenDraws draws(options_.seed, epoch, sample);
  MaskedTokens masked;
  const std::vector<Group> all = groups(ids, draws);
  if (all.empty()) return masked;
  const double least = std::ranges::min_element(all, {}, &Group::draw)->draw;
  for (const Group& group : all) {
    if (group.draw >= options_.probability && group.draw > least) continue;
    for (std::int32_t i = group.begin; i < group.end; ++i) {
      std::int32_t& id = ids[static_cast<std::size_t>(i)];
      masked.positions.push_back(i);
      masked.labels.push_back(id);
      const double shown = draws.uniform(i, TokenDraws::kShow);
      if (shown < kShownAsMask) {
        id = mask_;
      } else if (shown < kShownAsOther) {
        id = ordinary_[pick(draws.uniform(i, TokenDraws::kReplace), ordinary_.size())];
      }
    }
  }
  return masked;
}

std::vector<std::int32_t> Masking::some_of(std::span<const std::int32_t> ids, std::int64_t count, std::uint64_t epoch,
                                           std::uint64_t sample) const {
  std::vector<std::int32_t> words;
  for (const std::int32_t id : ids) {
    if (kinds_[static_cast<std::size_t>(id)] != Kind::kSpecial) words.push_back(id);
  }
  std::ranges::sort(words);
  words.erase(std::unique(words.begin(), words.end()), words.end());
  TokenDraws draws(options_.seed, epoch, sample);
  const std::size_t wanted = std::min(words.size(), static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < wanted; ++i) {
    const double uniform = draws.uniform(static_cast<std::int32_t>(i), TokenDraws::kSome);
    std::swap(words[i], words[i + pick(uniform, words.size() - i)]);
  }
  words.resize(wanted);
  std::ranges::sort(words);
  return words;
}

}  // namespace yupu::training
