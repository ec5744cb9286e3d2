// What most users did lately: an item's score is how many users touched it in the window before the moment.  A user
// counts once an item, so that one user's thousand clicks weigh as one.
// Settings  window_days: 0 is everything before the moment.
#pragma once

#include <memory>

#include "products/recommend/methods/method.h"

namespace yupu::recommend {

std::unique_ptr<Method> make_popularity(const Settings& settings);

}  // namespace yupu::recommend
