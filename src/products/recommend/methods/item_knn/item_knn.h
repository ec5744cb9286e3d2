// Items like those the user touched.  Sarwar et al. 2001, WWW10, section 3.1, on yes and no instead of ratings:
//   sim(i,j) = |U_i and U_j| / ( sqrt(|U_i| |U_j|) + shrink ),   U_i: users of item i
//   score(j) = sum of sim(i,j) over the items i of the user, of which only the `neighbours` most alike of each i count
// Settings  neighbours, shrink, relevant_only.
#pragma once

#include <memory>

#include "products/recommend/methods/method.h"

namespace yupu::recommend {

std::unique_ptr<Method> make_item_knn(const Settings& settings);

}  // namespace yupu::recommend
