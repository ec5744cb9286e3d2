// Matrix factorisation by pairwise ranking.  Rendle et al. 2009, arXiv:1205.2618, section 4.3.1 (learnBPR):
//   for a user u, an item i of theirs and an item j that is not:  x = b_i - b_j + p_u.(q_i - q_j)
//   ascend  ln sigmoid(x) - regularisation * (|p_u|^2 + |q_i|^2 + |q_j|^2 + b_i^2 + b_j^2),  one step a pair
// A user's vector is fitted anew to their history when they are scored, items held still, so that new users and what a
// user did since are scored by the same rule as everybody else.
// Settings  factors, epochs, lr, regularisation, relevant_only.
#pragma once

#include <memory>

#include "products/recommend/methods/method.h"

namespace yupu::recommend {

std::unique_ptr<Method> make_bpr(const Settings& settings);

}  // namespace yupu::recommend
