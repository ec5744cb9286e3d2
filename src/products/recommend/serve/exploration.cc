#include "products/recommend/serve/exploration.h"

#include <algorithm>
#include <string>

#include "base/hash.h"
#include "base/rng.h"

namespace yupu::recommend {
namespace {

constexpr std::int64_t kHourNs = 3'600'000'000'000;

std::uint64_t seed_of(std::string_view user, std::int64_t now_ns) {
  const Digest digest = Sha256().field("explore").field(user).field(std::to_string(now_ns / kHourNs)).finish();
  std::uint64_t seed = 0;
  for (std::size_t byte = 0; byte < sizeof(seed); ++byte) seed = seed << 8 | digest[byte];
  return seed;
}

}  // namespace

Draw draw_place(std::size_t places, const LittleKnown& pool, double explore, std::string_view user,
                std::int64_t now_ns) {
  Draw draw;
  if (places == 0 || explore <= 0.0) return draw;
  const double count = static_cast<double>(places);
  const double share = std::min(explore, 1.0 / count);
  Rng rng(seed_of(user, now_ns));
  if (rng.uniform() >= count * share) {
    if (pool.any()) draw.share = share;
    return draw;
  }
  const std::vector<std::uint32_t> items = pool.all();
  if (items.empty()) return draw;
  draw.share = share;
  draw.place = rng.below(places);
  draw.item = items[rng.below(items.size())];
  draw.propensity = share / static_cast<double>(items.size());
  return draw;
}

double propensity_of(const Draw& draw, std::size_t i) {
  const double moved = static_cast<double>(i + 1) * draw.share;  // a place drawn here or above
  return draw.place && i >= *draw.place ? moved : 1.0 - moved;
}

}  // namespace yupu::recommend
