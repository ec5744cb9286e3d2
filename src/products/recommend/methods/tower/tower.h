// A recommender trained on behaviour (tasks/recommend/recommender.h): the user's tower over the vectors of its encoder.
// It learned before it came here, until Tools::tower_end_ns, which evaluation compares with the beginning of its test.
#pragma once

#include <memory>

#include "products/recommend/methods/method.h"
#include "tasks/recommend/recommender.h"

namespace yupu::recommend {

// Both must outlive it; `vectors`: by the recommender's own encoder.
std::unique_ptr<Method> make_tower(const tasks::Recommender& recommender, const ItemVectors& vectors);

}  // namespace yupu::recommend
