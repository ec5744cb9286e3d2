// Which sponsored item stands in the slot, and what its click costs.  Whole numbers throughout: the same candidates
// give the same price on every machine.
//   rank    bid * q, q the predicted click rate in millionths; the highest stands, of equal ones the earlier name
//   price   the least at which it would still stand: floor(rank of the next / q) + 1 ufen, at least the reserve, at
//   most
//           the bid (generalised second price with quality: Edelman, Ostrovsky, Schwarz 2007, AER 97:1; Varian 2007)
//   q       (clicks + 2) / (shown + 100): two in a hundred until it is known better; times 1 + the share of what the
//           user touched last that has a tag in common with the item
//   pacing  a campaign takes part while what it has spent is within the day's share of its budget so far and an hour
//           more: the budget lasts to the evening
// Units    ufen; millionths.        Threads  pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/money.h"

namespace yupu::recommend {

inline constexpr Money kReserve = Money::from_ufen(1'000'000);  // one fen
inline constexpr std::int64_t kMillion = 1'000'000;

// REQUIRES: 0 <= clicks <= shown; 0 <= match <= kMillion.
std::int64_t predicted_rate(std::int64_t clicks, std::int64_t shown, std::int64_t match);

// `second`: of the day, 0 to 86,399.
bool is_paced(Money spent, Money budget, std::int64_t second);

struct Bidder {
  std::string campaign = {};
  Money bid, left;        // left: of the day's budget
  std::int64_t rate = 0;  // predicted, millionths
};
struct Won {
  std::size_t place = 0;  // among the bidders
  Money price;
};
// Those that bid less than the reserve, or whose budget could not pay the price, do not stand.  Nothing: nobody does.
std::optional<Won> run_auction(std::span<const Bidder> bidders);

}  // namespace yupu::recommend
