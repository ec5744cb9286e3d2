// The vectors of all items' texts by a sentence encoder.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "engine/execution_context.h"
#include "products/recommend/methods/method.h"
#include "tasks/embed/embedder.h"
#include "tasks/recommend/recommender.h"

namespace yupu::recommend {

struct OwnedItemVectors {
  std::vector<float> values;
  std::size_t width = 0;
  ItemVectors view() const { return {.values = values, .width = width}; }
};
// Each of length one; of an empty text zero.  Outcomes  kResourceExhausted: no memory.
Result<OwnedItemVectors> embed_items(const tasks::Embedder& embedder, engine::ExecutionContext& context,
                                     std::span<const std::string> texts);
// The same as a recommender sees them, of its own width.
Result<OwnedItemVectors> embed_items(const tasks::Recommender& recommender, engine::ExecutionContext& context,
                                     std::span<const std::string> texts);

// One number a dimension.  REQUIRES: vectors.width > 0.
std::vector<double> mean_of(const ItemVectors& vectors);
// Less the mean, at length one; what has no length stays zero.  REQUIRES: as many numbers.
void centre(std::span<float> vector, std::span<const double> mean);

}  // namespace yupu::recommend
