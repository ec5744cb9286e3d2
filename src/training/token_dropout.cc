#include "training/token_dropout.h"

#include "base/rng.h"

namespace yupu::training {
namespace {
constexpr std::uint64_t kTokenStream = 0x746f6b656e;  // "token"
}  // namespace

std::vector<std::int32_t> with_dropout(std::vector<std::int32_t> ids, const TokenDropout& dropout, std::uint64_t row,
                                       std::int64_t epoch) {
  if (dropout.probability <= 0) return ids;
  Rng rng(dropout.seed ^ kTokenStream, static_cast<std::uint64_t>(epoch) << 32 | row);
  for (std::size_t i = 1; i + 1 < ids.size(); ++i) {  // [CLS] and [SEP] stay
    if (rng.uniform() < dropout.probability) ids[i] = dropout.unknown;
  }
  return ids;
}

}  // namespace yupu::training
