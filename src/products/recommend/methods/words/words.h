// Items by the words they share: what a text model is to be compared with.
//   w(t,i) = (1 + ln f) * ln((1 + N) / (1 + n_t)),  each item's at length one  (Salton, Buckley 1988, "ltc")
//   user = sum of the profile's weights times the items' (methods/profile.h),   score = the user's . the item's
// f: times t is in the item's text; n_t of N items have t.  Words: text::bm25_terms.
// Settings  those of the profile.
#pragma once

#include <memory>
#include <string>

#include "products/recommend/methods/method.h"

namespace yupu::recommend {

// `texts`, one an item, must outlive it.
std::unique_ptr<Method> make_words(const Settings& settings, std::span<const std::string> texts);

}  // namespace yupu::recommend
