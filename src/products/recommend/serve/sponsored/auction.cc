#include "products/recommend/serve/sponsored/auction.h"

#include <algorithm>
#include <vector>

namespace yupu::recommend {
namespace {

constexpr std::int64_t kPriorClicks = 2, kPriorShown = 100;
constexpr std::int64_t kDaySeconds = 86'400, kAheadSeconds = 3'600;

__extension__ using Wide = __int128;  // bids times rates may pass 64 bits

Wide rank_of(const Bidder& bidder) { return Wide{bidder.bid.ufen()} * bidder.rate; }

}  // namespace

std::int64_t predicted_rate(std::int64_t clicks, std::int64_t shown, std::int64_t match) {
  const std::int64_t smoothed = (clicks + kPriorClicks) * kMillion / (shown + kPriorShown);
  return std::min(kMillion, smoothed + static_cast<std::int64_t>(Wide{smoothed} * match / kMillion));
}

bool is_paced(Money spent, Money budget, std::int64_t second) {
  const std::int64_t so_far = std::min(kDaySeconds, second + kAheadSeconds);
  return Wide{spent.ufen()} * kDaySeconds <= Wide{budget.ufen()} * so_far;
}

std::optional<Won> run_auction(std::span<const Bidder> bidders) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < bidders.size(); ++i) {
    if (bidders[i].bid >= kReserve && bidders[i].left >= kReserve && bidders[i].rate > 0) order.push_back(i);
  }
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const Wide of_a = rank_of(bidders[a]), of_b = rank_of(bidders[b]);
    return of_a != of_b ? of_a > of_b : bidders[a].campaign < bidders[b].campaign;
  });
  for (std::size_t at = 0; at < order.size(); ++at) {
    const Bidder& winner = bidders[order[at]];
    Money price = kReserve;
    if (at + 1 < order.size()) {
      const Wide least = rank_of(bidders[order[at + 1]]) / winner.rate + 1;
      const bool is_below_bid = least < winner.bid.ufen();
      price = std::max(price, is_below_bid ? Money::from_ufen(static_cast<std::int64_t>(least)) : winner.bid);
    }
    if (price <= winner.left) return Won{.place = order[at], .price = price};
  }
  return std::nullopt;
}

}  // namespace yupu::recommend
