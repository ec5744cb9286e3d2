// What users touched next: for every item, those that came after it in the same user's order of time, the sooner the
// more.  A first-order chain over the last kNextReach steps (Rendle et al. 2010, WWW'10, "FPMC", has its factorised
// kin); what co-occurrence forgets is the direction.
//   w[i][j]  = sum over users and pairs i before j, at most `reach` events apart, of 1 / distance
//   score(j) = sum over the last `reach` events i of the user, rank r = 0 the last, of w[i][j] / (n_i + shrink) / (1 +
//   r)
//              n_i: users who touched i
// Events of one instant do not explain each other.
// Settings  reach; shrink; relevant_only: 1 counts a j only if it was touched in a kind that is to be foretold.
#pragma once

#include <memory>

#include "products/recommend/methods/method.h"

namespace yupu::recommend {

inline constexpr std::size_t kNextKept = 300;  // followers that an item keeps

std::unique_ptr<Method> make_next(const Settings& settings);

}  // namespace yupu::recommend
