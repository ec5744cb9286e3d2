// A recommender trained on behaviour (tasks/recommend/recommender.h): the user's tower over the vectors of its encoder.
// Above kIndexFrom items the ranker's first stage asks an index of 8-bit vectors (item_index.h) instead of scoring all.
// It learned before it came here, until Tools::tower_end_ns, which evaluation compares with the beginning of its test.
#pragma once

#include <memory>

#include "products/recommend/methods/method.h"
#include "tasks/recommend/recommender.h"

namespace yupu::recommend {

inline constexpr std::size_t kIndexFrom = 20'000;

// Both must outlive it; `vectors`: as embed_items gives them of the recommender, or of its embedder, which are
// projected here.
std::unique_ptr<Method> make_tower(const tasks::Recommender& recommender, const ItemVectors& vectors);

}  // namespace yupu::recommend
