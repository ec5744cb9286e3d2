// Why an item is in a list: what of the user's history carries it, by leaving one item out.
//   without(h) = the item's score when every event of h is taken out of the history
//   share(h)   = (score - without(h)) / (score - score without any history)
// The largest share names the reason, where it is reason_share or more; an item that is hidden or has no title is
// never named.  Else the item is popular (among the kPopularItems most touched of the week), new (there for less than
// new_days), or picked by the whole.
// At most the last kHistoryItems different items are tried, each a scoring of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "products/recommend/serve/rules.h"
#include "products/recommend/serve/shop.h"

namespace yupu::recommend {

inline constexpr std::size_t kHistoryItems = 20, kPopularItems = 20;

enum class ReasonKind : std::uint8_t { kBecauseOf, kPopular, kNew, kPicked };
std::string_view reason_name(ReasonKind kind);  // "because_of", "popular", "new", "picked"

struct Reason {
  ReasonKind kind = ReasonKind::kPicked;
  std::uint32_t because_of = 0;  // an item of the history
  double share = 0.0;
};

// Of each of `items`.  `may_be_named`: 1 for each item that a reason may name.
std::vector<Reason> reasons_of(const Ranker& ranker, const Moment& moment, std::span<const std::uint32_t> items,
                               std::span<const std::uint8_t> may_be_named, const ListRules& rules = {});

// What every item of the history carries of one item's score, the most first.
struct Contribution {
  std::uint32_t item = 0;  // of the history
  double drop = 0.0;       // of the score, without it
};
std::vector<Contribution> contributions(const Ranker& ranker, const Moment& moment, std::uint32_t item);

}  // namespace yupu::recommend
