// What misses are compared by: the vectors of the strategy's embedder ([knowledge] embedder), where it has one.
#pragma once

#include "feedback/misses/mining.h"
#include "strategy/strategy.h"

namespace yupu::app {

// Empty without an embedder: n-grams are compared. The model is opened when first asked for; one call at a time.
feedback::SentenceVectors miss_vectors(const strategy::Strategy& strategy);

}  // namespace yupu::app
