// The linear item-item model with a closed form.  Steck 2019, arXiv:1905.03375, equations 4 to 8:
//   min over B of ||X - X B||^2 + lambda ||B||^2,  diag(B) = 0
//   P = (X^T X + lambda I)^-1,   B_ij = -P_ij / P_jj for i != j,   scores of a user = x B
// X (users, items) of 0 and 1.  Holds two dense (items, items) matrices of floats while it is fitted, one afterwards.
// Settings  lambda, relevant_only.   Outcomes of fit  kTooLarge: more than kEaseItemsMax items.
#pragma once

#include <cstddef>
#include <memory>

#include "products/recommend/methods/method.h"

namespace yupu::recommend {

inline constexpr std::size_t kEaseItemsMax = 20'000;

std::unique_ptr<Method> make_ease(const Settings& settings);

}  // namespace yupu::recommend
