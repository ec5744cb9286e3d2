// A place of some lists is given to what little is known of, drawn: so that new and rare items become known, and so
// that what a place draws can be told from what stands there (Joachims et al. 2017, WSDM'17, arXiv:1608.04468,
// section 5.1).
//   share       s = min(`explore`, 1 / n) of n places; at most one place of a list
//   drawn       with chance n s there is one: each place alike, each item of the pool alike.  What the order has there
//               and below moves down by one, and the last is left out: nothing on top is lost
//   propensity  how likely a row was to stand where it stands: s / |pool| of what was drawn; of what is at place i of
//               the order (from 1), 1 - i s there and i s at place i + 1.  Kept with the list, so that what another
//               order would have brought can be reckoned without bias (inverse propensity weights)
// Most lists draw nothing: what may be drawn is looked through for those alone that do.  The others ask whether there
// was anything, since what they show would else have been surer to stand there.
// The draw hangs on the user and the hour alone: a list that is asked for again within it is the same.
// Threads  pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace yupu::recommend {

inline constexpr float kKnownUsers = 5.0f;  // of 30 days, from which on an item is known

// The pool: what may be drawn.
struct LittleKnown {
  std::function<bool()> any;  // whether there is any; looks no further than the first
  std::function<std::vector<std::uint32_t>()> all;
};

struct Draw {
  double share = 0.0;                     // s; 0: there was nothing to draw, or nowhere to put it
  std::optional<std::size_t> place = {};  // from 0; unset: none was drawn
  std::uint32_t item = 0;                 // what stands there
  double propensity = 0.0;                // of that
};

// `places`: how many may be drawn.
Draw draw_place(std::size_t places, const LittleKnown& pool, double explore, std::string_view user,
                std::int64_t now_ns);

// Of what stands at place i of the order (from 0), where it stands after the draw.
double propensity_of(const Draw& draw, std::size_t i);

}  // namespace yupu::recommend
