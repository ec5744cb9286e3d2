// Items by what their text means: the vectors of a sentence encoder that has learned nothing of behaviour.
//   u = sum of the profile's weights times the vectors of its items (methods/profile.h),   score = u . v / |u|
// Settings  those of the profile; centred: 1 takes the mean of all items' vectors away first, since sentence encoders
// give all texts a large part in common.
#pragma once

#include <memory>

#include "products/recommend/methods/method.h"

namespace yupu::recommend {

// `vectors` must outlive it.
std::unique_ptr<Method> make_text(const Settings& settings, const ItemVectors& vectors);

}  // namespace yupu::recommend
